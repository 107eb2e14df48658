// Sixty-four applicants at a time: a condition is two words of bits (holds, fails), a number 64 lanes of whole
// numerators over a denominator that they share, with one array of least and one of greatest values and the bits
// that say where these are known. What a chunk of rows cannot do exactly in 64 bits goes row by row instead.
#define LANES 64
#define CHUNK 2048
#define ALL (~0ull)
#define LIMIT ((i128)1 << 61)
#define FEN_LIMIT ((i128)1 << 50)  /* so that sums over 64 lanes and the division by floats are exact */

typedef i64 v8 __attribute__((ext_vector_type(8), aligned(8)));
typedef double d8 __attribute__((ext_vector_type(8), aligned(8)));
typedef i32 w8 __attribute__((ext_vector_type(8), aligned(4)));
typedef i64 v64 __attribute__((ext_vector_type(64), aligned(8)));
typedef i32 w64 __attribute__((ext_vector_type(64), aligned(4)));
typedef i16 h64 __attribute__((ext_vector_type(64), aligned(2)));
typedef _Bool b8 __attribute__((ext_vector_type(8)));
typedef _Bool b64 __attribute__((ext_vector_type(64)));
// No name that a measure's function could have (c64): those of a policy of 250 measures go up to 249.
typedef u8 bytes64 __attribute__((ext_vector_type(64), aligned(1)));
#ifdef __AVX512VBMI2__
typedef char chars64 __attribute__((vector_size(64)));
#endif
typedef u64 q8 __attribute__((ext_vector_type(8), aligned(8)));
typedef struct { u64 t, f; } B;
typedef struct { const i64 *lo, *hi; u64 lok, hik; } L;
#define EACH for (int g = 0; g < 8; g++)
#define AT(p) ((const v8 *)(p))[g]
#define TO(p) ((v8 *)(p))[g]

#define BITS(m) ({ b64 all_ = __builtin_convertvector(m, b64); u64 r_; __builtin_memcpy(&r_, &all_, 8); r_; })
INLINE v8 spread(u64 m, int g) { u8 byte = (u8)(m >> 8 * g); b8 b; __builtin_memcpy(&b, &byte, 1); return -__builtin_convertvector(b, v8); }
INLINE bytes64 bytes(u64 m) { b64 all; __builtin_memcpy(&all, &m, 8); return -__builtin_convertvector(all, bytes64); }
INLINE u64 bits8(v8 m) { b8 all = __builtin_convertvector(m, b8); u8 r; __builtin_memcpy(&r, &all, 1); return r; }
// The bits of `a` that stand where `which` has some, closed up; and the other way round.
INLINE u64 closed(u64 a, u64 which) {
#ifdef __BMI2__
    return __builtin_ia32_pext_di(a, which);
#else
    u64 r = 0;
    for (int i = 0; which; which &= which - 1, i++) r |= (a >> __builtin_ctzll(which) & 1) << i;
    return r;
#endif
}
INLINE u64 opened(u64 a, u64 which) {
#ifdef __BMI2__
    return __builtin_ia32_pdep_di(a, which);
#else
    u64 r = 0;
    for (int i = 0; which; which &= which - 1, i++) r |= (a >> i & 1) << __builtin_ctzll(which);
    return r;
#endif
}
// The bytes of `values` that stand where `which` has bits, closed up; up to 64 bytes behind them are overwritten.
INLINE void l_bytes(u8 *to, bytes64 values, u64 which) {
#ifdef __AVX512VBMI2__
    values = (bytes64)__builtin_ia32_compressqi512_mask((chars64)values, (chars64)values, which);
    __builtin_memcpy(to, &values, sizeof values);
#else
    u8 all[64];
    __builtin_memcpy(all, &values, sizeof values);
    // Eight at a time, whether they are there or not, since how many there are cannot be foretold.
    do for (int i = 0; i < 8; i++, which &= which - 1) *to++ = all[which ? __builtin_ctzll(which) : 0];
    while (which);
#endif
}
// Bit r of word m becomes bit m of word r: halves of the square change places, then quarters, down to single bits.
#define TURN_FAR(far, mask) for (int i = 0; i < 8; i++) if (!(i & far)) { \
    q8 t = (x[i] >> 8 * far ^ x[i + far]) & mask; x[i] ^= t << 8 * far; x[i + far] ^= t; }
#define TURN_NEAR(near, mask, a, b, c, d, e, f, g, h) for (int i = 0; i < 8; i++) { \
    q8 y = __builtin_shufflevector(x[i], x[i], 0 ^ near, 1 ^ near, 2 ^ near, 3 ^ near, 4 ^ near, 5 ^ near, 6 ^ near, 7 ^ near); \
    q8 low = (x[i] & mask) | (y & mask) << near, high = (x[i] & ~mask) | (y >> near & mask); \
    x[i] = __builtin_shufflevector(low, high, a, b, c, d, e, f, g, h); }
OUTLINE void l_turn(u64 *to, const u64 *from) {
    q8 x[8];
    for (int i = 0; i < 8; i++) x[i] = ((const q8 *)from)[i];
    TURN_FAR(4, 0xffffffffull) TURN_FAR(2, 0xffff0000ffffull) TURN_FAR(1, 0xff00ff00ff00ffull)
    TURN_NEAR(4, 0xf0f0f0f0f0f0f0full, 0, 1, 2, 3, 12, 13, 14, 15)
    TURN_NEAR(2, 0x3333333333333333ull, 0, 1, 10, 11, 4, 5, 14, 15)
    TURN_NEAR(1, 0x5555555555555555ull, 0, 9, 2, 11, 4, 13, 6, 15)
    for (int i = 0; i < 8; i++) ((q8 *)to)[i] = x[i];
}
INLINE v8 pick8(v8 m, v8 a, v8 b) { return (m & a) | (~m & b); }
INLINE v8 min8(v8 a, v8 b) { return pick8((v8)(a < b), a, b); }
INLINE v8 max8(v8 a, v8 b) { return pick8((v8)(a > b), a, b); }
OUTLINE u64 l_from(const i64 *a, i64 c) { return BITS(*(const v64 *)a >= c); }
OUTLINE u64 l_from2(const i64 *a, const i64 *b) { return BITS(*(const v64 *)a >= *(const v64 *)b); }
OUTLINE u64 l_days_from(const i32 *a, i32 c) { return BITS(*(const w64 *)a >= c); }
OUTLINE u64 l_days_from2(const i32 *a, const i32 *b) { return BITS(*(const w64 *)a >= *(const w64 *)b); }
OUTLINE u64 l_code(const i16 *a, i16 c) { return BITS(*(const h64 *)a == c); }
OUTLINE void l_fill(i64 *o, i64 c) { EACH TO(o) = c; }
OUTLINE void l_times(i64 *o, const i64 *a, i64 by) { EACH TO(o) = AT(a) * by; }

INLINE B b_not(B a) { return (B){a.f, a.t}; }
INLINE B b_and(B a, B b) { return (B){a.t & b.t, a.f | b.f}; }
INLINE B b_or(B a, B b) { return (B){a.t | b.t, a.f & b.f}; }
INLINE B b_of(T held) { return (B){held == 1 ? ALL : 0, held == 0 ? ALL : 0}; }
INLINE B b_newly(B now, B before) { return (B){now.t & before.f, now.f | before.t}; }
INLINE B b_if(B c, B a, B b) {
    return (B){(c.t & a.t) | (c.f & b.t) | (a.t & b.t), (c.t & a.f) | (c.f & b.f) | (a.f & b.f)};
}

// Columns: `valid` bits, and numbers with 0 where they are not known.
INLINE u64 l_valid(const Col *c, i64 row) { return c->valid ? bits_at(c->valid, row + c->at) : ALL; }
INLINE B l_flag(const Col *c, i64 row) {
    u64 v = l_valid(c, row), d = bits_at(c->data, row + c->at);
    return (B){v & d, v & ~d};
}
// What does not fit into so many bits is returned: 0 if all do. Where nothing stands under what is not known, the
// column is read in place.
OUTLINE u64 l_number(L *r, const Col *c, i64 row, i64 *o, int bits) {
    const u64 v = l_valid(c, row);
    const i64 *p = (const i64 *)c->data + row;
    v8 all = 0, under = 0;
    if (v == ALL) EACH { v8 x = AT(p); all |= x ^ x >> 63; }
    else EACH { v8 y = AT(p), x = y & spread(v, g); under |= x ^ y; all |= x ^ x >> 63; }
    if (__builtin_reduce_or(under)) { EACH TO(o) = AT(p) & spread(v, g); p = o; }
    *r = (L){p, p, ALL, v};
    return (u64)__builtin_reduce_or(all) >> bits;
}
OUTLINE void l_year(L *r, const Col *c, i64 row, i64 *o) {
    u64 v = l_valid(c, row);
    EACH TO(o) = __builtin_convertvector(((const w8 *)((const i32 *)c->data + row))[g], v8) & spread(v, g);
    *r = (L){o, o, v, v};
}
// Columns are read a line at a time from many places, too many for the processor to foresee: these rows ahead.
#define FETCHED 256
INLINE void l_fetch(const void *from, i64 bytes) { for (i64 i = 0; i < bytes; i += 64) __builtin_prefetch((const u8 *)from + i, 0, 2); }
// The number of bits that hold every value of a column from `row` on.
OUTLINE int l_bits(const Col *c, i64 row, i64 rows) {
    const i64 *p = (const i64 *)c->data + row;
    u64 all = 0;
    for (i64 i = 0; i < rows; i++) all |= (u64)(p[i] ^ p[i] >> 63);
    int n = 0;
    while (n < 63 && all >> n) n++;
    return n;
}

INLINE B l_ge1(const L *a, i64 c) {
    u64 m = l_from(a->lo, c), n = a->lo == a->hi ? m : l_from(a->hi, c);
    return (B){m & a->lok, ~n & a->hik};
}
OUTLINE B l_ge(const L *a, const L *b) {
    u64 m = l_from2(a->lo, b->hi), n = a->lo == a->hi && b->lo == b->hi ? m : l_from2(a->hi, b->lo);
    return (B){m & a->lok & b->hik, ~n & a->hik & b->lok};
}
INLINE B l_day_ge(const i32 *a, u64 known, i64 c) {
    u64 m = c < -2000000000 ? ALL : c > 2000000000 ? 0 : l_days_from(a, (i32)c);
    return (B){m & known, ~m & known};
}
INLINE B l_day_ge2(const i32 *a, u64 ka, const i32 *b, u64 kb) {
    u64 m = l_days_from2(a, b), known = ka & kb;
    return (B){m & known, ~m & known};
}
OUTLINE const L *l_scale(L *r, const L *a, i64 by, i64 *lo, i64 *hi) {
    if (by == 1) return a;
    l_times(lo, a->lo, by);
    r->lo = r->hi = lo; r->lok = a->lok; r->hik = a->hik;
    if (a->lo != a->hi) { l_times(hi, a->hi, by); r->hi = hi; }
    return r;
}
// A product as n_mul has it: where the factor may be below zero and is not bounded on both sides, nothing is known.
INLINE const L *l_product(L *r, const L *a, i64 by, i64 *lo, i64 *hi) {
    const L *found = l_scale(r, a, by, lo, hi);
    u64 both = a->lok & a->hik, told = both == ALL ? ALL : both | (a->lok & l_from(a->lo, 0));
    if (told == ALL) return found;
    r->lo = found->lo; r->hi = found->hi; r->lok = a->lok & told; r->hik = a->hik & told;
    return r;
}
INLINE void l_all(L *r, i64 c, i64 *lo) { l_fill(lo, c); *r = (L){lo, lo, ALL, ALL}; }
// Whole fen, rounded down, nothing below zero. The quotient is estimated in floats, right to within one, and
// settled in whole numbers (values are below 2^50).
INLINE v8 floor8(v8 a, i64 by, double inverse) {
    const i64 magic = 0x4330000000000000ll;
    const double base = 4503599627370496.0;
    v8 n = max8(a, (v8)0), x = n | magic, q;
    d8 e;
    __builtin_memcpy(&e, &x, sizeof e);
    e = (e - base) * inverse + base;
    __builtin_memcpy(&q, &e, sizeof q);
    q &= ~magic;
    return q + (v8)(n - q * by < 0);
}
// In a plan: common denominators and thresholds as whole numbers; `0` if 64 bits do not do.
INLINE int common(i64 a, i64 b, i64 *fa, i64 *fb, i64 *d) {
    i64 g = gcd(a, b);
    *fa = b / g; *fb = a / g;
    return !__builtin_mul_overflow(a, *fa, d);
}
// The least whole numerator over `d` that is at least q (or more than q).
INLINE int threshold(Q q, i64 d, int more, i64 *c) {
    i64 n;
    if (__builtin_mul_overflow(q.n, d, &n)) return 0;
    i64 down = floorq((Q){n, q.d});
    *c = more || n % q.d == 0 ? down + more : down + 1;
    return 1;
}
INLINE i128 size_of(i64 v) { return v < 0 ? -(i128)v : v; }
