// Sums of eight applicants at a time, in registers: `G` is `L` for a group of eight. Most measures leave few of the 64
// once their conditions are known, and sums are worked out for those only, without a branch on which of the 64 they
// are, for that cannot be foretold. A lane behind the last of fewer than eight is the first of them once more.
typedef struct { v8 lo, hi; u64 lok, hik; } G;
typedef struct { u64 which; int row[8]; } At;

INLINE At at_next(u64 *left) {
    At at = {.which = opened(255, *left)};
    u64 rest = at.which;
    for (int i = 0; i < 8; i++, rest &= rest - 1) at.row[i] = __builtin_ctzll(rest ? rest : at.which);
    *left ^= at.which;
    return at;
}
INLINE v8 at_numbers(const i64 *a, const At *at) {
    v8 r;
    for (int i = 0; i < 8; i++) r[i] = a[at->row[i]];
    return r;
}
INLINE G g_take(const L *a, const At *at) {
    const v8 hi = at_numbers(a->hi, at), lo = a->lo == a->hi ? hi : at_numbers(a->lo, at);
    return (G){lo, hi, closed(a->lok, at->which), closed(a->hik, at->which)};
}
INLINE G g_all(i64 c) { return (G){(v8)c, (v8)c, 255, 255}; }
INLINE G g_scale(G a, i64 by) { return (G){a.lo * by, a.hi * by, a.lok, a.hik}; }
INLINE G g_product(G a, i64 by) {
    const u64 told = (a.lok & a.hik) | (a.lok & bits8((v8)(a.lo >= 0)));
    return (G){a.lo * by, a.hi * by, a.lok & told, a.hik & told};
}
INLINE G g_add(G a, G b) { return (G){a.lo + b.lo, a.hi + b.hi, a.lok & b.lok, a.hik & b.hik}; }
INLINE G g_sub(G a, G b) { return (G){a.lo - b.hi, a.hi - b.lo, a.lok & b.hik, a.hik & b.lok}; }
// The one of two that is known, where only one is.
INLINE v8 known8(u64 ka, v8 a, u64 kb, v8 b, v8 both) { return pick8(~spread(ka, 0), b, pick8(~spread(kb, 0), a, both)); }
INLINE G g_min(G a, G b) {
    return (G){min8(a.lo, b.lo), known8(a.hik, a.hi, b.hik, b.hi, min8(a.hi, b.hi)), a.lok & b.lok, a.hik | b.hik};
}
INLINE G g_max(G a, G b) {
    return (G){known8(a.lok, a.lo, b.lok, b.lo, max8(a.lo, b.lo)), max8(a.hi, b.hi), a.lok | b.lok, a.hik & b.hik};
}
INLINE G g_min1(G a, i64 c) { return g_min(a, g_all(c)); }
INLINE G g_max1(G a, i64 c) { return g_max(a, g_all(c)); }
INLINE G g_if(u64 t, u64 f, G a, G b) {
    const u64 o = ~(t | f);
    const v8 x = spread(t, 0), y = spread(f, 0);
    return (G){pick8(x, a.lo, pick8(y, b.lo, min8(a.lo, b.lo))), pick8(x, a.hi, pick8(y, b.hi, max8(a.hi, b.hi))),
               (t & a.lok) | (f & b.lok) | (o & a.lok & b.lok), (t & a.hik) | (f & b.hik) | (o & a.hik & b.hik)};
}
// One row of a table: where it holds the value is this one, where it may it lies between.
INLINE G g_row(G a, u64 t, u64 o, i64 c) {
    const v8 x = spread(t, 0), y = spread(o, 0);
    a.lo = pick8(x, (v8)c, pick8(y, min8(a.lo, (v8)c), a.lo));
    a.hi = pick8(x, (v8)c, pick8(y, max8(a.hi, (v8)c), a.hi));
    return a;
}
INLINE G g_more(G a, u64 t, u64 o, i64 c) {
    const v8 x = spread(t, 0), y = spread(o, 0);
    a.lo += pick8(x, (v8)c, y & (c < 0 ? c : 0));
    a.hi += pick8(x, (v8)c, y & (c > 0 ? c : 0));
    return a;
}
// The same over a whole word, for what conditions compare and what several measures share. Where least and greatest are
// alike throughout they are told as one.
INLINE G l_eight(const L *a, int g) { return (G){AT(a->lo), AT(a->hi), a->lok >> 8 * g & 255, a->hik >> 8 * g & 255}; }
#define OVER_WORD(made) { \
    u64 lok = 0, hik = 0, alike = 0; \
    EACH { \
        const G x = made; \
        TO(lo) = x.lo; TO(hi) = x.hi; \
        lok |= x.lok << 8 * g; hik |= x.hik << 8 * g; alike |= bits8((v8)(x.lo == x.hi)) << 8 * g; \
    } \
    *r = (L){lo, alike == ALL ? lo : hi, lok, hik}; }
OUTLINE void l_add(L *r, const L *a, const L *b, i64 *lo, i64 *hi) OVER_WORD(g_add(l_eight(a, g), l_eight(b, g)))
OUTLINE void l_sub(L *r, const L *a, const L *b, i64 *lo, i64 *hi) OVER_WORD(g_sub(l_eight(a, g), l_eight(b, g)))
OUTLINE void l_min(L *r, const L *a, const L *b, i64 *lo, i64 *hi) OVER_WORD(g_min(l_eight(a, g), l_eight(b, g)))
OUTLINE void l_max(L *r, const L *a, const L *b, i64 *lo, i64 *hi) OVER_WORD(g_max(l_eight(a, g), l_eight(b, g)))
OUTLINE void l_min1(L *r, const L *a, i64 c, i64 *lo, i64 *hi) OVER_WORD(g_min1(l_eight(a, g), c))
OUTLINE void l_max1(L *r, const L *a, i64 c, i64 *lo, i64 *hi) OVER_WORD(g_max1(l_eight(a, g), c))
OUTLINE void l_if(L *r, u64 t, u64 f, const L *a, const L *b, i64 *lo, i64 *hi)
    OVER_WORD(g_if(t >> 8 * g, f >> 8 * g, l_eight(a, g), l_eight(b, g)))
#define OVER_ROOMS(made) EACH { G x = {AT(lo), AT(hi), 255, 255}; x = made; TO(lo) = x.lo; TO(hi) = x.hi; }
OUTLINE void l_row(i64 *lo, i64 *hi, u64 t, u64 o, i64 c) { if (t | o) OVER_ROOMS(g_row(x, t >> 8 * g, o >> 8 * g, c)) }
OUTLINE void l_more(i64 *lo, i64 *hi, u64 t, u64 o, i64 c) { OVER_ROOMS(g_more(x, t >> 8 * g, o >> 8 * g, c)) }
