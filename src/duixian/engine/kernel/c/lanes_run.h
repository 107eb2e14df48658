// Runs lanes over the rows of a batch and writes their claims in the order of rows.
INLINE void mark_range(u8 *valid, i64 from, i64 to) {
    for (; from < to && (from & 7); from++) valid[from >> 3] |= (u8)(1u << (from & 7));
    for (; from + 8 <= to; from += 8) valid[from >> 3] = 255;
    for (; from < to; from++) valid[from >> 3] |= (u8)(1u << (from & 7));
}
// What a measure gives in this word: who has a claim, who is sure of it, whose greatest sum is known, and what the
// greatest sums come to in whole fen.
typedef struct { u64 live, sure, known; v8 paid, reach; } Given;
// Adds what it gives to a group; the greatest sums are kept where claims are written.
INLINE void l_group(Word *w, int m, Given *given, const At *at, u64 open, G top, i64 d, double inverse) {
    const u64 all = at->which, rows = closed(all, all), known = top.hik & rows, exact = top.lok & known & ~closed(open, all);
    const v8 fen = (d == 1 ? max8(top.hi, (v8)0) : floor8(top.hi, d, inverse)) & spread(known, 0);
    const u64 live = rows & ~(bits8((v8)(fen == 0)) & known), sure = live & exact & bits8((v8)(top.hi == top.lo));
    given->live |= opened(live, all); given->sure |= opened(sure, all); given->known |= opened(known, all);
    given->paid += fen & spread(sure, 0); given->reach += fen & spread(live, 0);
    if (w->written) for (int i = 7; i >= 0; i--) w->fen[m][at->row[i]] = fen[i];  // the first last: it stands again for those that are not there
}
INLINE void l_given(Word *w, int m, const Given *given) {
    w->live[m] = given->live; w->sure[m] = given->sure; w->has_hi[m] = given->known;
    w->paid_all[m] += given->paid; w->reach_all[m] += given->reach;
}
static void lanes_begin(Word *w, const Out *o) {
    w->written = o->room >= 0;
    memset(w->live, 0, sizeof w->live); memset(w->sure, 0, sizeof w->sure);
    memset(w->paid_all, 0, sizeof w->paid_all); memset(w->reach_all, 0, sizeof w->reach_all);
}
// What the words since the last time came to, 64 at most (of 2^50 each in eight lanes: no lane overflows).
static void lanes_add(Word *w, Out *o) {
    for (int m = 0; m < MEASURES; m++) {
        i128 *sums = o->sums + m * 4;
        i128 all = 0, most = 0;
        for (int g = 0; g < 8; g++) { all += w->paid_all[m][g]; most += w->reach_all[m][g]; }
        if (SURE_OF[m]) sums[0] += all;
        if (VERDICT_OF[m] <= UP_TO) sums[1] += all;
        sums[2] += all;
        sums[3] += most;
        w->paid_all[m] = w->reach_all[m] = (v8)0;
    }
}
INLINE u64 lanes_unknown(const Word *w, int claim) {
    u64 unknown = 0;
    for (int c = OPEN_FROM[claim >> 6]; c < OPEN_FROM[(claim >> 6) + 1]; c++) unknown |= (w->open[c] >> (claim & 63) & 1) << OPEN_BIT[c];
    return unknown;
}
static void lanes_count(const Word *w, Out *o, i64 rows) {
    for (int m = 0; m < MEASURES; m++) {
        u64 live = w->live[m];
        i64 *counts = o->counts + m * 8, all = __builtin_popcountll(live), certain = __builtin_popcountll(w->sure[m]);
        counts[INELIGIBLE] += rows - all;
        counts[VERDICT_OF[m]] += certain;
        counts[UNDETERMINED] += all - certain;
    }
}
// Bits of validity for claims in turn, from `at` on; the bitmap has whole words and begins with nothing.
INLINE void l_bitmap(u8 *valid, i64 at, const u64 *which, const u16 *claim, i64 n) {
    u64 *word = (u64 *)valid, bits = 0;
    for (i64 j = 0; j < n; j++) {
        bits |= (which[claim[j] >> 6] >> (claim[j] & 63) & 1) << ((at + j) & 63);
        if (((at + j) & 63) == 63) { word[(at + j) >> 6] |= bits; bits = 0; }
    }
    if ((at + n) & 63) word[(at + n) >> 6] |= bits;
}
#define EVERY(column, value) if (o->column) { __typeof__(o->column) to = o->column + first; for (i64 j = 0; j < n; j++) to[j] = (value); }
#define FEN fens[claim[j]]
#define IS_SURE (w->sure[claim[j] >> 6] >> (claim[j] & 63) & 1)
#define MEASURE (claim[j] >> 6)
// The columns that few ask for.
static void lanes_others(K *k, const Word *w, Out *o, i64 first, i64 n) {
    const u16 *claim = w->claim;
    const i64 *fens = w->fen[0];
    EVERY(policy, POLICY_OF[MEASURE]);
    EVERY(payable, IS_SURE ? FEN : 0);
    if (o->payable) l_bitmap(o->payable_valid, first, w->sure, claim, n);
    EVERY(lo, SURE_OF[MEASURE] & IS_SURE ? FEN : 0);
    if (o->lo) mark_range(o->lo_valid, first, first + n);
    EVERY(event, k->day[DAY_OF[MEASURE]].v);
    if (o->event) for (i64 j = 0; j < n; j++) mark(o->event_valid, first + j, k->day[DAY_OF[MEASURE]].k == 1);
    EVERY(paid[0], SURE_OF[MEASURE] & IS_SURE ? FEN : 0);
    EVERY(paid[1], VERDICT_OF[MEASURE] <= UP_TO && IS_SURE ? FEN : 0);
    EVERY(paid[2], IS_SURE ? FEN : 0);
    EVERY(paid[3], FEN);
    EVERY(failed, 0);
    EVERY(unknown, IS_SURE ? 0 : lanes_unknown(w, claim[j]));
    EVERY(readings, 0);  // where claims can rest on readings there are no lanes
    if (o->record_off) for (i64 j = 0; j < n; j++) o->record_off[first + j + 1] = (i32)o->bytes;
}
// Puts the claims of a word in the order of rows, then of measures.
static void lanes_order(Word *w, i64 n) {
    for (int b = 0; b < BLOCKS; b++) { l_turn(w->has[b], w->live + 64 * b); l_turn(w->certain[b], w->sure + 64 * b); }
    i64 at = 0;
    for (int r = 0; r < LANES; r++) {
        w->start[r] = (u16)at;
        for (int b = 0; b < BLOCKS; b++) {
            const u64 has = w->has[b][r];
            const bytes64 row = (u8)r, sure = bytes(w->certain[b][r]);
            __builtin_memcpy(w->row_of + at, &row, sizeof row);
            l_bytes(w->measure_of + at, *(const bytes64 *)(NUMBER_OF + 64 * b), has);
            l_bytes(w->verdict_of + at, (*(const bytes64 *)(VERDICT_OF + 64 * b) & sure) | ((bytes64)UNDETERMINED & ~sure), has);
            at += __builtin_popcountll(has);
        }
    }
    for (i64 j = 0; j < n; j++) w->claim[j] = (u16)(w->measure_of[j] << 6 | w->row_of[j]);
}
// So many claims that the cache has lost them before anybody reads them: whole lines of it are written past it.
#define PAST (1 << 20)
typedef i64 line8 __attribute__((ext_vector_type(8)));
// The greatest sums, and which of them are known.
static void lanes_sums(const Word *w, Out *o, i64 first, i64 n) {
    const i64 *fens = w->fen[0];
    i64 *to = o->hi + first, j = 0;
    if (o->room >= PAST) {
        for (; j < n && (u64)(to + j) & 63; j++) to[j] = fens[w->claim[j]];
        for (; j + 8 <= n; j += 8) {
            line8 line;
            for (int i = 0; i < 8; i++) line[i] = fens[w->claim[j + i]];
            __builtin_nontemporal_store(line, (line8 *)(to + j));
        }
    }
    for (; j < n; j++) to[j] = fens[w->claim[j]];
    mark_range(o->hi_valid, first, first + n);
    for (int m = 0; m < MEASURES; m++) for (u64 none = w->live[m] & ~w->has_hi[m]; none; none &= none - 1) {
        const int r = __builtin_ctzll(none);
        i64 j = first + w->start[r] + __builtin_popcountll(w->has[m >> 6][r] & ((1ull << (m & 63)) - 1));
        for (int b = 0; b < m >> 6; b++) j += __builtin_popcountll(w->has[b][r]);
        o->hi_valid[j >> 3] &= (u8)~(1u << (j & 7));
    }
}
// Counts a word's claims and writes them in the order of rows, then of measures.
static void lanes_write(K *k, Word *w, Out *o) {
    i64 rows = __builtin_popcountll(w->rows), n = 0;
    for (int m = 0; m < MEASURES; m++) n += __builtin_popcountll(w->live[m]);
    lanes_count(w, o, rows);
    i64 first = o->count;
    o->count += n;
    if (o->room < 0) return;
    lanes_order(w, n);
    const i32 row = (i32)(o->first + w->row);
    EVERY(row, row + w->row_of[j]);
    EVERY(measure, NAME(w->measure_of[j]));
    EVERY(verdict, (signed char)w->verdict_of[j]);
    if (o->hi) lanes_sums(w, o, first, n);
    const void *others[] = {o->policy, o->payable, o->lo, o->event, o->paid[0], o->paid[1], o->paid[2], o->paid[3],
                            o->failed, o->unknown, o->readings, o->record_off};
    for (int i = 0; i < 12; i++) if (others[i]) { lanes_others(k, w, o, first, n); break; }
}
// Whether there is room for whatever a word may come to: what measures give is added up as they are worked out.
INLINE int lanes_room(const Out *o) { return o->room < 0 || o->room - o->count >= MEASURES * LANES; }
// Whether lanes do for these rows: nobody's payments or decisions are to be looked at.
INLINE int lanes_plain(const K *k, i64 row) {
    int some = 0;
#ifdef L_PAYMENT
    some |= k->lst[L_PAYMENT].off[row] != k->lst[L_PAYMENT].off[row + LANES];
#endif
#ifdef L_DECISION
    some |= k->lst[L_DECISION].off[row] != k->lst[L_DECISION].off[row + LANES];
#endif
    return !some;
}
