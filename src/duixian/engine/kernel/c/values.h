// Values under what is not known, as engine/values.py and engine/tables.py define them: three-valued truth,
// exact numbers between two bounds, days, words, texts. A number that 64 bits do not hold sets k->over, and
// the applicant is left to the reference engine.
typedef unsigned char u8;
typedef short i16;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;
typedef __int128 i128;

typedef int T;  // 0 false, 1 true, 2 open
typedef struct { i64 n, d; } Q;  // exact fraction, d > 0, not always in lowest terms
typedef struct { Q lo, hi; int f; } N;  // f: 1 the low bound is known, 2 the high bound is
typedef struct { i32 v; int k; } D;  // day since 1970; k: 0 not known, 1 known, 2 known to be none
typedef struct { u64 v; int k; } S;  // a set as a mask
typedef struct { i32 y, m, d; int k; } P;
typedef struct { const u8 *p; i32 n; int k; } X;  // text

// There is no C library: clang may still ask for these two.
#define HIDDEN __attribute__((visibility("hidden")))  /* what one half of the functions calls in the other */
__attribute__((no_builtin, weak)) HIDDEN void *memset(void *to, int v, unsigned long n) {
    for (unsigned long i = 0; i < n; i++) ((u8 *)to)[i] = (u8)v;
    return to;
}
__attribute__((no_builtin, weak)) HIDDEN void *memcpy(void *to, const void *from, unsigned long n) {
    for (unsigned long i = 0; i < n; i++) ((u8 *)to)[i] = ((const u8 *)from)[i];
    return to;
}

#define INLINE static inline
#define OUTLINE static __attribute__((noinline))  /* what stands in many places: less to compile, and quick enough */
#define COLD __attribute__((noinline, minsize))  /* what is seldom run: little to compile */

typedef struct { const u8 *valid; const u8 *data; const i32 *off; i64 at; const u8 *none; i64 none_at; const i64 *den; } Col;
typedef struct { const i32 *off; const u8 *whole; i64 whole_at; } Lst;
typedef struct { i64 n, d; i32 y, m; } Arg;

// Sixty-four bits of a bitmap from one of them on.
INLINE u64 bits_at(const u8 *p, i64 i) {
    u64 v;
    __builtin_memcpy(&v, p + (i >> 3), 8);
    int by = (int)(i & 7);
    return by ? v >> by | (u64)p[(i >> 3) + 8] << (64 - by) : v;
}
INLINE int bit(const u8 *p, i64 i) { return p[i >> 3] >> (i & 7) & 1; }
INLINE int known(const Col *c, i64 i) { return !c->valid || bit(c->valid, i + c->at); }
INLINE int isnone(const Col *c, i64 i) { return c->none && bit(c->none, i + c->none_at); }
INLINE int state(const Col *c, i64 i) { return known(c, i) ? 1 : isnone(c, i) ? 2 : 0; }

INLINE T t_not(T a) { return a == 2 ? 2 : !a; }
INLINE T t_eq(int eq, int ka, int kb) { return ka != 1 || kb != 1 ? 2 : eq; }

static i64 gcd(i64 a, i64 b) {
    u64 x = a < 0 ? -(u64)a : (u64)a, y = b;
    while (y) { u64 r = x % y; x = y; y = r; }
    return (i64)x;
}
INLINE int fits(i128 v) { return v == (i64)v; }
OUTLINE int cmpq_wide(Q a, Q b) {
    i128 l = (i128)a.n * b.d, r = (i128)b.n * a.d;
    return l < r ? -1 : l > r;
}
INLINE int cmpq(Q a, Q b) { return a.d == b.d ? (a.n < b.n ? -1 : a.n > b.n) : cmpq_wide(a, b); }
INLINE Q whole(Q q) {
    if (q.d != 1 && q.n % q.d == 0) { q.n /= q.d; q.d = 1; }
    return q;
}
static COLD Q narrow128(i128 n, i128 d, int *over) {
    // n / d in lowest terms if 64 bits hold it; Euclid by subtraction of shifted multiples, no 128-bit division.
    i128 x = n < 0 ? -n : n, y = d;
    while (y) {
        while (x >= y) { i128 z = y; while (z <= x - z) z += z; x -= z; }
        i128 s = x; x = y; y = s;
    }
    i128 rn = 0, rd = 0, left = n < 0 ? -n : n;
    if (x > 1) {
        for (int side = 0; side < 2; side++) {
            i128 v = side ? d : left, quotient = 0;
            while (v >= x) { i128 z = x, one = 1; while (z <= v - z) { z += z; one += one; } v -= z; quotient += one; }
            if (side) rd = quotient; else rn = quotient;
        }
    } else { rn = left; rd = d; }
    if (n < 0) rn = -rn;
    if (!fits(rn) || !fits(rd) || rn == (i128)(-9223372036854775807LL - 1)) { *over = 1; return (Q){0, 1}; }
    return (Q){(i64)rn, (i64)rd};
}
OUTLINE Q makeq(i128 n, i128 d, int *over) {
    if (__builtin_expect(fits(n) && fits(d) && n != (i128)(-9223372036854775807LL - 1), 1)) return whole((Q){(i64)n, (i64)d});
    return narrow128(n, d, over);
}
OUTLINE Q addq(Q a, Q b, int *over) {
    if (a.d == b.d) return makeq((i128)a.n + b.n, a.d, over);
    i128 l = (i128)a.n * b.d, r = (i128)b.n * a.d, n;
    if (__builtin_add_overflow(l, r, &n)) { *over = 1; return a; }
    return makeq(n, (i128)a.d * b.d, over);
}
OUTLINE Q mulq(Q a, Q b, int *over) { return makeq((i128)a.n * b.n, (i128)a.d * b.d, over); }
INLINE Q negq(Q a) { return (Q){-a.n, a.d}; }
INLINE Q minq(Q a, Q b) { return cmpq(a, b) <= 0 ? a : b; }
INLINE Q maxq(Q a, Q b) { return cmpq(a, b) >= 0 ? a : b; }
INLINE Q zero(void) { return (Q){0, 1}; }
INLINE i64 floorq(Q a) { if (a.d == 1) return a.n; i64 q = a.n / a.d; return a.n % a.d < 0 ? q - 1 : q; }

INLINE N point(Q q) { return (N){q, q, 3}; }
INLINE N number(i64 v) { return point((Q){v, 1}); }
INLINE N span(int f, Q lo, Q hi) { return (N){lo, hi, f}; }
INLINE N unknown(int least) { return span(least, zero(), zero()); }  // `least`: it is known to be 0 at least
INLINE N anything(void) { return unknown(0); }
// A number is five words: handed on by value right after it was written it waits for the store buffer. So what stands
// outline takes addresses, and the names used elsewhere are thin covers that vanish when they are compiled.
#define OF_TWO(type, name) INLINE type name(N a, N b) { return name##_at(&a, &b); }
#define SUM_OF_TWO(name) INLINE N name(N a, N b, int *over) { return name##_at(&a, &b, over); }
INLINE int exact(N a) { return a.f == 3 && ((a.lo.n == a.hi.n && a.lo.d == a.hi.d) || cmpq(a.lo, a.hi) == 0); }

OUTLINE N n_add_at(const N *a, const N *b, int *over) {
    N r = {zero(), zero(), a->f & b->f};
    if (r.f & 1) r.lo = addq(a->lo, b->lo, over);
    if (r.f & 2) r.hi = addq(a->hi, b->hi, over);
    return r;
}
SUM_OF_TWO(n_add)
INLINE N n_neg(N a) { return span((a.f & 1) << 1 | a.f >> 1, negq(a.hi), negq(a.lo)); }
OUTLINE N n_sub_at(const N *a, const N *b, int *over) { return n_add(*a, n_neg(*b), over); }
SUM_OF_TWO(n_sub)
OUTLINE N n_mul_at(const N *a, const N *b, int *over) {
    if (exact(*a) && exact(*b)) return point(mulq(a->lo, b->lo, over));
    if ((exact(*a) && !a->lo.n) || (exact(*b) && !b->lo.n)) return number(0);
    if (!(a->f & 1) || !(b->f & 1) || a->lo.n < 0 || b->lo.n < 0) {
        if (a->f != 3 || b->f != 3) return anything();
        Q w = mulq(a->lo, b->lo, over), x = mulq(a->lo, b->hi, over), y = mulq(a->hi, b->lo, over), z = mulq(a->hi, b->hi, over);
        return span(3, minq(minq(w, x), minq(y, z)), maxq(maxq(w, x), maxq(y, z)));
    }
    N r = span(1, mulq(a->lo, b->lo, over), zero());
    if (a->f & b->f & 2) { r.f = 3; r.hi = mulq(a->hi, b->hi, over); }
    return r;
}
SUM_OF_TWO(n_mul)
INLINE Q inverse(Q a) { return a.n < 0 ? (Q){-a.d, -a.n} : (Q){a.d, a.n}; }
OUTLINE N n_div_at(const N *a, const N *b, int *over) {
    if (!(b->f & 1)) return anything();
    if (b->lo.n < 0) return exact(*b) ? n_mul(*a, point(inverse(b->lo)), over) : anything();
    if (b->lo.n == 0) return span((a->f & 1) && a->lo.n >= 0, zero(), zero());
    return n_mul(*a, span(3, (b->f & 2) && b->hi.n ? inverse(b->hi) : zero(), inverse(b->lo)), over);
}
SUM_OF_TWO(n_div)
OUTLINE T n_lt_at(const N *a, const N *b) {
    if ((a->f & 2) && (b->f & 1) && cmpq(a->hi, b->lo) < 0) return 1;
    return (a->f & 1) && (b->f & 2) && cmpq(a->lo, b->hi) >= 0 ? 0 : 2;
}
OF_TWO(T, n_lt)
OUTLINE T n_le_at(const N *a, const N *b) {
    if ((a->f & 2) && (b->f & 1) && cmpq(a->hi, b->lo) <= 0) return 1;
    return (a->f & 1) && (b->f & 2) && cmpq(a->lo, b->hi) > 0 ? 0 : 2;
}
OF_TWO(T, n_le)
INLINE T n_gt(N a, N b) { return t_not(n_le(a, b)); }
INLINE T n_ge(N a, N b) { return t_not(n_lt(a, b)); }
OUTLINE T n_eq_at(const N *a, const N *b) {
    if ((a->f & 2) && (b->f & 1) && cmpq(a->hi, b->lo) < 0) return 0;
    if ((a->f & 1) && (b->f & 2) && cmpq(a->lo, b->hi) > 0) return 0;
    return exact(*a) && exact(*b) ? 1 : 2;
}
OF_TWO(T, n_eq)
INLINE T n_ne(N a, N b) { return t_not(n_eq(a, b)); }
OUTLINE N n_hull_at(const N *a, const N *b) {
    N r = {zero(), zero(), a->f & b->f};
    if (r.f & 1) r.lo = minq(a->lo, b->lo);
    if (r.f & 2) r.hi = maxq(a->hi, b->hi);
    return r;
}
OF_TWO(N, n_hull)
OUTLINE N n_min_at(const N *a, const N *b) {
    N r = {zero(), zero(), (a->f & b->f & 1) | ((a->f | b->f) & 2)};
    if (r.f & 1) r.lo = minq(a->lo, b->lo);
    if (r.f & 2) r.hi = !(a->f & 2) ? b->hi : !(b->f & 2) ? a->hi : minq(a->hi, b->hi);
    return r;
}
OF_TWO(N, n_min)
OUTLINE N n_max_at(const N *a, const N *b) {
    N r = {zero(), zero(), ((a->f | b->f) & 1) | (a->f & b->f & 2)};
    if (r.f & 1) r.lo = !(a->f & 1) ? b->lo : !(b->f & 1) ? a->lo : maxq(a->lo, b->lo);
    if (r.f & 2) r.hi = maxq(a->hi, b->hi);
    return r;
}
OF_TWO(N, n_max)

#define ORDERED(name, op) INLINE T d_##name(D a, D b) { return t_eq(a.v op b.v, a.k, b.k); }
ORDERED(lt, <)
ORDERED(le, <=)
ORDERED(gt, >)
ORDERED(ge, >=)
ORDERED(eq, ==)
ORDERED(ne, !=)
INLINE D d_hull(D a, D b) { return a.k == 1 && b.k == 1 && a.v == b.v ? a : (D){0, 0}; }
INLINE D d_min(D a, D b) { return a.k != 1 || b.k != 1 ? (D){0, 0} : a.v <= b.v ? a : b; }
INLINE D d_max(D a, D b) { return a.k != 1 || b.k != 1 ? (D){0, 0} : a.v >= b.v ? a : b; }
INLINE T t_hull(T a, T b) { return a == b ? a : 2; }
INLINE i32 e_hull(i32 a, i32 b) { return a == b ? a : -1; }
INLINE T e_eq(i32 a, i32 b) { return a == -1 || b == -1 ? 2 : a == b; }
INLINE T e_ne(i32 a, i32 b) { return t_not(e_eq(a, b)); }
INLINE T f_eq(T a, T b) { return a == 2 || b == 2 ? 2 : a == b; }
INLINE T f_ne(T a, T b) { return t_not(f_eq(a, b)); }
INLINE S s_hull(S a, S b) { return a.k == 1 && b.k == 1 && a.v == b.v ? a : (S){0, 0}; }
INLINE P p_hull(P a, P b) { return a.k && b.k && a.y == b.y && a.m == b.m && a.d == b.d ? a : (P){0, 0, 0, 0}; }

INLINE int same_bytes(const u8 *a, const u8 *b, i32 n) {
    for (i32 i = 0; i < n; i++) if (a[i] != b[i]) return 0;
    return 1;
}
INLINE int x_same(X a, X b) { return a.n == b.n && same_bytes(a.p, b.p, a.n); }
OUTLINE int x_less(X a, X b) {
    i32 n = a.n < b.n ? a.n : b.n;
    for (i32 i = 0; i < n; i++) if (a.p[i] != b.p[i]) return a.p[i] < b.p[i];
    return a.n < b.n;
}
INLINE T x_eq(X a, X b) { return t_eq(x_same(a, b), a.k, b.k); }
INLINE T x_ne(X a, X b) { return t_not(x_eq(a, b)); }
// Two facts that make records agree: none is a value like another, what is not known leaves it open.
#define AGREE(name, type, equal) INLINE T name(type a, type b) { return !a.k || !b.k ? 2 : a.k == b.k && (a.k == 2 || (equal)); }
AGREE(x_agree, X, x_same(a, b))
AGREE(d_agree, D, a.v == b.v)
AGREE(s_agree, S, a.v == b.v)
INLINE T e_agree(i32 a, i32 b) { return a == -1 || b == -1 ? 2 : a == b; }
