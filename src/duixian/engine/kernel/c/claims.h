// The claims of one applicant before they are written, and what a run is given.
enum { ELIGIBLE, UP_TO, COMPETITIVE, CASE_BY_CASE, NOT_STATED, UNDETERMINED, INELIGIBLE, NOT_IN_FORCE };
enum { B_TO, B_RECORD, B_ROLE, B_WHICH, B_HAPPENED, B_POSITIVE, B_SELECTED, B_OWN };
#define OF_SUMS (1ull << B_RECORD | 1ull << B_POSITIVE | 1ull << B_SELECTED)  /* noted with a claim's sum, not before */
// What another choice of a reading makes of a claim: as it was, refused by a condition, another sum perhaps, or all anew.
typedef enum { SAME, REFUSED, SUM_ANEW, ALL_ANEW } Moved;
#define NO_RECORD (-3)  /* the claim rests on no record: every fact of it is unknown */
#define ABSENT (-2)     /* there is no such record */
#define UNKNOWN_RECORD (-1)
#define MAX_CLAIMS 8192
#define MAX_LIVE 512
#define LIVE_WORDS (MAX_LIVE / 64)
#define MAX_RECORDS 4096

typedef struct {
    i32 measure, event;
    i64 rec, lo, hi, paid[4];
    u64 failed, unknown, touched, readings;
    X id, matter;
    i32 matter_kind, entity;
    u8 verdict, has_lo, has_hi, has_event, project_open;
} Claim;

typedef struct {
    i32 *row; i16 *policy, *measure; i32 *record_off; u8 *record_bytes, *record_valid; i32 *event; u8 *event_valid;
    signed char *verdict; i64 *lo; u8 *lo_valid; i64 *hi; u8 *hi_valid; i64 *payable; u8 *payable_valid;
    i64 *paid[4]; u64 *failed, *unknown, *readings;
    i64 room, bytes_room, count, bytes, first;  // `first`: the number of the first row of the batch
    i64 *counts; i128 *sums; i32 *handed; i64 handed_count;
} Out;

typedef struct { i32 at; D ev; } Rec;  // a record's place, and the day of its event

// Another choice of one reading (`slot` -1: no rule asks for it), and how its policy then stands.
typedef struct { i32 policy, bit, slot, choice; const int *force; const D *day; } Variant;
// All of them, by policy and reading (`from` has where those of each bit begin), and which move how a policy stands.
typedef struct { const Variant *variant; i32 from[POLICIES][65]; u64 moving[POLICIES]; } Others;

typedef struct {
    const Col *col; const Lst *lst; const Arg *arg; const D *day; i32 *reading; const int *force;
    int all, over;
    i32 claims, journals, live;
    Claim *claim; u32 *journal;
    Rec (*rec)[MAX_RECORDS];  // the records of each type, once a measure has asked for them
    i32 found[LISTS + 1];
    u64 ready, sorted;  // by type of record
    i32 kind;  // the applicant's, as f_code reads it
    signed char fixed[FIXED + 1];  // truths that are kept for the applicant, -1: not asked for yet
    u64 touched, fixed_touched[FIXED + 1], kept_touched[POLICIES];  // readings of the policy that were asked for since it was cleared
    // Measures that are not asked for this applicant, and those of which no claim can be other than refused.
    u64 passed[MEASURE_WORDS], shut[MEASURE_WORDS];
    u64 plane[32][MEASURE_WORDS];  // how often each was passed over: bit by bit of the number
    // Of the rows from `noted` to `until`, by bits: types of which the applicant has records, and of which it may.
    i64 noted, until, rows;
    u64 some[64], may[64];
} K;

INLINE X text(const Col *c, i64 i) {
    if (i < 0) return (X){0, 0, 0};
    int k = state(c, i);
    if (k != 1) return (X){0, 0, k};
    return (X){c->data + c->off[i], c->off[i + 1] - c->off[i], 1};
}
INLINE N whole_number(i64 v, int *over) {
    if (v == -9223372036854775807LL - 1) *over = 1;
    return number(v);
}
OUTLINE N f_i64(K *k, int c, i64 i, int least) {
    const Col *col = &k->col[c];
    return i >= 0 && known(col, i) ? whole_number(((const i64 *)col->data)[i], &k->over) : unknown(least);
}
OUTLINE N f_i32(K *k, int c, i64 i, int least) {
    const Col *col = &k->col[c];
    return i >= 0 && known(col, i) ? number(((const i32 *)col->data)[i]) : unknown(least);
}
OUTLINE N f_share(K *k, int c, i64 i, int least) {
    const Col *col = &k->col[c];
    if (i < 0 || !known(col, i)) return unknown(least);
    i64 n = ((const i64 *)col->data)[i], d = col->den[i];
    if (d <= 0 || n == -9223372036854775807LL - 1) { k->over = 1; d = 1; n = 0; }
    return point(whole((Q){n, d}));
}
OUTLINE D f_date(K *k, int c, i64 i) {
    const Col *col = &k->col[c];
    if (i < 0) return (D){0, 0};
    int s = state(col, i);
    return (D){s == 1 ? ((const i32 *)col->data)[i] : 0, s};
}
OUTLINE T f_flag(K *k, int c, i64 i) {
    const Col *col = &k->col[c];
    return i >= 0 && known(col, i) ? bit(col->data, i + col->at) : 2;
}
// -1 not known, -2 known to be none
INLINE i32 f_code(K *k, int c, i64 i) {
    const Col *col = &k->col[c];
    if (i < 0) return -1;
    int s = state(col, i);
    if (s != 1) return s == 2 ? -2 : -1;
    i32 v = ((const i16 *)col->data)[i];
    if (v == BAD_WORD) k->over = 1;
    return v;
}
INLINE i32 f_division(K *k, int c, i64 i) {
    const Col *col = &k->col[c];
    if (i < 0 || !known(col, i)) return -1;
    i32 v = ((const i32 *)col->data)[i];
    if (v < 0) { k->over = 1; return -1; }
    return v;
}
OUTLINE S f_set(K *k, int c, i64 i) {
    const Col *col = &k->col[c];
    if (i < 0) return (S){0, 0};
    int s = state(col, i);
    u64 v = s == 1 ? ((const u64 *)col->data)[i] : 0;
    if (v >> 63) k->over = 1;
    return (S){v, s};
}
INLINE i32 plain_code(i32 v) { return v == -2 ? -1 : v; }
INLINE D plain_day(D v) { return v.k == 1 ? v : (D){0, 0}; }
INLINE S plain_set(S v) { return v.k == 1 ? v : (S){0, 0}; }
INLINE X plain_text(X v) { return v.k == 1 ? v : (X){0, 0, 0}; }
INLINE T f_has(K *k, int c, i64 i) {
    if (i == ABSENT) return 0;
    if (i < 0) return 2;
    int s = state(&k->col[c], i);
    return s == 1 ? 1 : s == 2 ? 0 : 2;
}
INLINE T f_exists(i64 i) { return i == UNKNOWN_RECORD ? 2 : i != ABSENT; }
INLINE int list_whole(const Lst *l, i64 row) { return bit(l->whole, row + l->whole_at); }
typedef i32 offsets64 __attribute__((ext_vector_type(64), aligned(4)));
typedef _Bool truths64 __attribute__((ext_vector_type(64)));
INLINE void put_bit(u64 *rows, u64 which, int l) { for (; which; which &= which - 1) rows[__builtin_ctzll(which)] |= 1ull << l; }
// Notes for the next 64 rows which lists have records, or may, list by list: row by row each list is elsewhere in memory.
OUTLINE void note_lists(K *k, i64 row) {
    const i64 count = k->rows - row < 64 ? k->rows - row : 64;
    k->noted = row; k->until = row + count;
    memset(k->some, 0, sizeof k->some); memset(k->may, 0, sizeof k->may);
    for (int l = 0; l < LISTS; l++) {
        const Lst *list = &k->lst[l];
        const i32 *off = list->off + row;
        u64 full = 0, whole = 0;
        if (count == 64) {
            truths64 differ = __builtin_convertvector(*(const offsets64 *)off != *(const offsets64 *)(off + 1), truths64);
            __builtin_memcpy(&full, &differ, 8);
            whole = bits_at(list->whole, row + list->whole_at);
        } else
            for (i64 r = 0; r < count; r++) {
                full |= (u64)(off[r] != off[r + 1]) << r;
                whole |= (u64)list_whole(list, row + r) << r;
            }
        put_bit(k->some, full, l); put_bit(k->may, full | ~whole, l);
    }
}
// A measure that speaks only of records with a word passes over those with another, or known to have none.
INLINE int passes(i32 code, i32 word) { return code == -1 || code == word; }
INLINE N arg_number(const K *k, int a) { return point((Q){k->arg[a].n, k->arg[a].d}); }
INLINE D arg_day(const K *k, int a) { return (D){(i32)k->arg[a].n, 1}; }
INLINE P arg_period(const K *k, int a) { return (P){k->arg[a].y, k->arg[a].m, (i32)k->arg[a].n, 1}; }

OUTLINE i64 follow(K *k, int list, int id, int field, i64 base, i64 row) {
    if (base == UNKNOWN_RECORD || base == ABSENT || base == NO_RECORD) return UNKNOWN_RECORD;
    X name = text(&k->col[field], base);
    if (name.k != 1) return name.k == 2 ? ABSENT : UNKNOWN_RECORD;
    const Lst *l = &k->lst[list];
    for (i64 r = (i64)l->off[row + 1] - 1; r >= l->off[row]; r--)
        if (x_same(text(&k->col[id], r), name)) return r;
    return UNKNOWN_RECORD;
}

// Notes claims that are not written: how many in the upper half, in the lower whose and the verdict.
OUTLINE void count_many(K *k, int measure, int verdict, i32 many) {
    if (!many) return;
    if (k->journals >= MAX_CLAIMS) { k->over = 1; return; }
    k->journal[k->journals++] = (u32)many << 16 | ((u32)measure * 8 + (u32)verdict);
}
INLINE void count_one(K *k, int measure, int verdict) { count_many(k, measure, verdict, 1); }
// Notes the records of a type as they stand; returns how many there are.
OUTLINE i32 note_records(K *k, i64 row, int list) {
    Rec *rec = k->rec[list];
    const i32 from = k->lst[list].off[row], count = k->lst[list].off[row + 1] - from;
    k->ready |= 1ull << list;
    k->found[list] = 0;
    if (count > MAX_RECORDS) { k->over = 1; return 0; }
    k->found[list] = count;
    for (i32 i = 0; i < count; i++) rec[i].at = from + i;
    return count;
}
// Puts the records of a type in the order of their ids, for the claims of each measure are in that order.
OUTLINE void sort_records(K *k, int list, int id) {
    Rec *rec = k->rec[list];
    const Col *ids = &k->col[id];
    k->sorted |= 1ull << list;
    for (i32 i = 1; i < k->found[list]; i++) {
        const Rec one = rec[i];
        const X own = text(ids, one.at);
        i32 j = i;
        for (; j > 0 && x_less(own, text(ids, rec[j - 1].at)); j--) rec[j] = rec[j - 1];
        rec[j] = one;
    }
}
INLINE D f_year_end(K *k, int c, i64 i) {
    const Col *col = &k->col[c];
    i32 y = known(col, i) ? ((const i32 *)col->data)[i] : 0;
    return y <= 0 || y >= 10000 ? (D){0, 0} : (D){days_from(y, 12, 31), 1};
}
typedef struct { u8 verdict, has_lo, has_hi, nothing; i64 lo, hi; } Sum;
typedef struct { i64 lo, hi; int has_hi, settled; } Span;

OUTLINE Span span_of(K *k, N top, N bottom, int kind, int settled_more, i64 paid) {
    // kind: 0 the least is nothing, 1 it is the least of the sum itself, 2 it is that of `bottom`
    Span s = {0, 0, top.f >> 1 & 1, exact(top) && settled_more};
    N low = kind == 1 ? top : bottom;
    i64 v;
    if (kind && (low.f & 1)) {
        if (__builtin_sub_overflow(floorq(low.lo), paid, &v)) k->over = 1;
        s.lo = v > 0 ? v : 0;
    }
    if (s.has_hi) {
        if (__builtin_sub_overflow(floorq(top.hi), paid, &v)) k->over = 1;
        s.hi = v > 0 ? v : 0;
    }
    return s;
}
INLINE int n_met(N a) { return a.f == 0 || exact(a); }
// What a bound's claims have in common; k as in X: 0 not known (shared with nobody), 3 there is none and it is known.
typedef struct { int k; i64 v; X x; } Key;
INLINE int same_key(Key a, Key b) { return a.k && a.k == b.k && a.v == b.v && (a.x.k != 1 || x_same(a.x, b.x)); }
INLINE Key text_key(X x) { return (Key){x.k, 0, x}; }
INLINE Key id_key(X x) { return (Key){x.k == 1 ? 1 : 3, 0, x}; }
INLINE Key code_key(i32 v) { return (Key){v == -1 ? 0 : v == -2 ? 2 : 1, v, {0, 0, 0}}; }
INLINE Key day_key(D d) { return (Key){d.k, d.v, {0, 0, 0}}; }
INLINE Key year_key(N n) { return (Key){n.f == 3, n.f == 3 ? n.lo.n : 0, {0, 0, 0}}; }
INLINE Key matter_key(const Claim *c) {
    if (c->project_open) return (Key){0, 0, {0, 0, 0}};
    return (Key){c->matter.k == 1 ? 1 : 3, c->matter.k == 1 ? c->matter_kind : 0, c->matter};
}
// A bound for an applicant: whether it holds, and what it comes to in fen (or claims, if it is a limit).
typedef struct { T held; int limit, has_high; i64 low, high; } Bound;
