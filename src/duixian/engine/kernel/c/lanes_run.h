// Runs lanes over the rows of a batch and writes their claims in the order of rows.
INLINE void mark_range(u8 *valid, i64 from, i64 to) {
    for (; from < to && (from & 7); from++) valid[from >> 3] |= (u8)(1u << (from & 7));
    for (; from + 8 <= to; from += 8) valid[from >> 3] = 255;
    for (; from < to; from++) valid[from >> 3] |= (u8)(1u << (from & 7));
}
// What a measure gives in this word: who has a claim, who is sure of it, the greatest sums in whole fen.
// For eight applicants or fewer: without a branch on which of the 64 they are, for that cannot be foretold.
static void l_few(Word *w, int m, u64 all, u64 open, const L *top, i64 d) {
    const u64 exact = top->lok & top->hik & ~open;
    i64 *fen = w->fen[m];
    int at[8];
    u64 left = all;
    for (int i = 0; i < 8; i++, left &= left - 1) at[i] = __builtin_ctzll(left ? left : all);  // the first again
    v8 hi, lo;
    for (int i = 0; i < 8; i++) { hi[i] = top->hi[at[i]]; lo[i] = top->lo[at[i]]; }
    const v8 has = spread(closed(top->hik, all), 0);
    const v8 sums = (d == 1 ? max8(hi, (v8)0) : floor8(hi, d, 1.0 / (double)d)) & has;
    const u64 live = closed(all, all) & ~bits8((v8)(sums == 0) & has), sure = live & closed(exact, all) & bits8((v8)(hi == lo));
    for (int i = 7; i >= 0; i--) fen[at[i]] = sums[i];  // the first last: it stands again for those that are not there
    w->live[m] = opened(live, all); w->sure[m] = opened(sure, all);
    w->paid[m] = __builtin_reduce_add(sums & spread(sure, 0)); w->reach[m] = __builtin_reduce_add(sums & spread(live, 0));
}
OUTLINE void l_finish(Word *w, int m, u64 failed, u64 open, const L *top, i64 d) {
    w->has_hi[m] = top->hik;
    if (__builtin_popcountll(~failed) <= 8) { l_few(w, m, ~failed, open, top, d); return; }
    i64 *fen = w->fen[m];
    double inverse = 1.0 / (double)d;
    if (d == 1) { EACH TO(fen) = max8(AT(top->hi), (v8)0) & spread(top->hik, g); }
    else EACH TO(fen) = floor8(AT(top->hi), d, inverse) & spread(top->hik, g);
    u64 live = w->live[m] = ~failed & ~(top->hik & ~l_from(fen, 1)), exact = top->lok & top->hik;
    if (top->lo != top->hi) exact &= BITS(*(const v64 *)top->lo == *(const v64 *)top->hi);
    u64 sure = w->sure[m] = live & ~open & exact;
    v8 paid = 0, reach = 0;
    EACH { v8 v = AT(fen); paid += v & spread(sure, g); reach += v & spread(live, g); }
    w->paid[m] = __builtin_reduce_add(paid); w->reach[m] = __builtin_reduce_add(reach);
}
INLINE u64 lanes_unknown(const Word *w, int claim) {
    u64 unknown = 0;
    for (int c = OPEN_FROM[claim >> 6]; c < OPEN_FROM[(claim >> 6) + 1]; c++) unknown |= (w->open[c] >> (claim & 63) & 1) << OPEN_BIT[c];
    return unknown;
}
static void lanes_count(const Word *w, Out *o, i64 rows) {
    for (int m = 0; m < MEASURES; m++) {
        u64 live = w->live[m], sure = w->sure[m];
        i64 *counts = o->counts + m * 8, all = __builtin_popcountll(live), certain = __builtin_popcountll(sure);
        counts[INELIGIBLE] += rows - all;
        if (!live) continue;
        counts[VERDICT_OF[m]] += certain;
        counts[UNDETERMINED] += all - certain;
        i128 *sums = o->sums + m * 4;
        i64 paid = w->paid[m];
        int verdict = VERDICT_OF[m];
        if (SURE_OF[m]) sums[0] += paid;
        if (verdict <= UP_TO) sums[1] += paid;
        sums[2] += paid;
        sums[3] += w->reach[m];
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
// Puts the claims of a word in the order of rows, then of measures; the greatest sums that are not known are marked.
static void lanes_order(Word *w, Out *o, i64 first, i64 n) {
    c64 many = 0;
    for (int m = 0; m < MEASURES; m++) { b64 live; __builtin_memcpy(&live, &w->live[m], 8); many += __builtin_convertvector(live, c64); }
    u16 place[LANES + 1], next = 0;
    for (int r = 0; r < LANES; r++) { place[r] = next; next += many[r]; }
    if (o->hi) mark_range(o->hi_valid, first, first + n);
    u16 *claim = w->claim;  // of each claim its measure times 64 and its row: where its sum stands
    for (int m = 0; m < MEASURES; m++) {
        u64 left = w->live[m];
        if (o->hi) for (u64 none = left & ~w->has_hi[m]; none; none &= none - 1) {
            const i64 j = first + place[__builtin_ctzll(none)];
            o->hi_valid[j >> 3] &= (u8)~(1u << (j & 7));
        }
        // Eight at a time: those that are not there go behind the last claim, since how many there are cannot be foretold.
        place[LANES] = next;
        do for (int i = 0; i < 8; i++, left &= left - 1) {
            int r = left ? __builtin_ctzll(left) : LANES;
            claim[place[r]++] = (u16)(m << 6 | r);
        }
        while (left);
    }
}
// Writes a word's claims in the order of rows, then of measures; 0 if there is no room.
static int lanes_write(K *k, Word *w, Out *o) {
    i64 rows = __builtin_popcountll(w->rows), n = 0;
    for (int m = 0; m < MEASURES; m++) n += __builtin_popcountll(w->live[m]);
    if (o->room >= 0 && o->count + n > o->room) return 0;
    lanes_count(w, o, rows);
    i64 first = o->count;
    o->count += n;
    if (o->room < 0) return 1;
    lanes_order(w, o, first, n);
    const u16 *claim = w->claim;
    const i64 *fens = w->fen[0];
    const i32 row = (i32)w->row;
    EVERY(row, row + (claim[j] & 63));
    EVERY(measure, NAME_OF[MEASURE]);
    EVERY(verdict, IS_SURE ? (signed char)VERDICT_OF[MEASURE] : UNDETERMINED);
    EVERY(hi, FEN);
    const void *others[] = {o->policy, o->payable, o->lo, o->event, o->paid[0], o->paid[1], o->paid[2], o->paid[3],
                            o->failed, o->unknown, o->readings, o->record_off};
    for (int i = 0; i < 12; i++) if (others[i]) { lanes_others(k, w, o, first, n); break; }
    return 1;
}
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
