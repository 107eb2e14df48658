// Judges a claim as engine/judging.py does: standing, what was paid, the authority's decision.
static Claim *next_claim(K *k) {
    if (k->claims >= MAX_CLAIMS) { k->over = 1; return &k->claim[MAX_CLAIMS - 1]; }
    return &k->claim[k->claims++];
}
INLINE X own_id(K *k, int id, i64 rec) {
    X x = text(&k->col[id], rec);
    return x.n ? x : (X){0, 0, 0};
}
OUTLINE void refuse(K *k, int measure, int why) {
    int verdict = k->force[POLICY_OF[measure]] == 0 ? NOT_IN_FORCE : INELIGIBLE;
    if (!k->all) { count_one(k, measure, verdict); return; }
    *next_claim(k) = (Claim){.measure = measure, .rec = NO_RECORD, .verdict = (u8)verdict, .has_lo = 1, .has_hi = 1, .failed = 1ull << why};
}
INLINE void finish(K *k, int measure, i64 rec, D event, u64 failed, u64 unknown, Sum s, int bare, X id, X matter, int matter_kind, int entity, int project_open) {
    int force = k->force[POLICY_OF[measure]];
    if (bare && s.verdict != INELIGIBLE) unknown |= 1ull << B_RECORD;
    if (force == 0) s = (Sum){NOT_IN_FORCE, 1, 1, 0, 0, 0};
    else if ((force == 2 || bare) && s.verdict != INELIGIBLE) { s.verdict = UNDETERMINED; s.has_lo = 1; s.lo = 0; }
    if (s.verdict >= INELIGIBLE && !k->all) { count_one(k, measure, s.verdict); return; }
    *next_claim(k) = (Claim){.measure = measure, .event = event.v, .rec = rec, .lo = s.lo, .hi = s.hi, .failed = failed,
                    .touched = k->touched, .unknown = unknown, .id = id, .matter = id.k == 1 ? matter : (X){0, 0, 0}, .matter_kind = matter_kind, .entity = entity, .project_open = (u8)project_open,
                    .verdict = s.verdict, .has_lo = s.has_lo, .has_hi = s.has_hi, .has_event = event.k == 1};
}

// What was paid under a measure for a record, by the two names it can have; `open`: something of it is not known.
typedef struct { i64 fen; int open; } Paid;
OUTLINE Paid paid_for(K *k, i64 row, X id, int any_record, int name, int full) {
    Paid paid = {0, 0};
#ifdef L_PAYMENT
    const Lst *l = &k->lst[L_PAYMENT];
    for (i64 r = l->off[row]; r < l->off[row + 1]; r++) {
        i32 code = f_code(k, C_PAYMENT_MEASURE, r);
        if (code != name && code != full) continue;
        if (!any_record) {
            X about = text(&k->col[C_PAYMENT_RECORD], r);
            if (about.k == 0) { paid.open = 1; continue; }
            if (about.k != 1 || id.k != 1 || !x_same(about, id)) continue;
        }
        if (state(&k->col[C_PAYMENT_AMOUNT], r) != 1) paid.open = 1;
        else if (__builtin_add_overflow(paid.fen, ((const i64 *)k->col[C_PAYMENT_AMOUNT].data)[r], &paid.fen)) k->over = 1;
    }
#endif
    return paid;
}
// The authority's last decision on a claim by a day, -1 if there is none. One that names no record counts
// where `single`: the applicant has only one record of which the measure could speak.
OUTLINE i64 decision_on(K *k, i64 row, X id, int any_record, int single, int name, int full, i32 day) {
    i64 found = -1;
#ifdef L_DECISION
    const Lst *l = &k->lst[L_DECISION];
    i32 best = 0;
    for (i64 r = l->off[row]; r < l->off[row + 1]; r++) {
        i32 code = f_code(k, C_DECISION_MEASURE, r);
        if (code != name && code != full) continue;
        if (!any_record) {
            X about = text(&k->col[C_DECISION_RECORD], r);
            if (about.k == 0 ? !single : about.k != 1 || id.k != 1 || !x_same(about, id)) continue;
        }
        D decided = f_date(k, C_DECISION_DECIDED, r);
        i32 v = decided.k == 1 ? decided.v : FIRST_DAY;
        if (v > day) continue;
        if (found < 0 || v > best || (v == best && x_less(text(&k->col[C_DECISION_ID], found), text(&k->col[C_DECISION_ID], r)))) { found = r; best = v; }
    }
#endif
    return found;
}
INLINE int decides(K *k, i64 decision, int not_owed) {
#ifdef L_DECISION
    return not_owed || state(&k->col[C_DECISION_AMOUNT], decision) != 0;
#else
    return 0;
#endif
}
INLINE i64 decided_fen(K *k, i64 decision, int *some) {
    *some = 0;
#ifdef L_DECISION
    if (state(&k->col[C_DECISION_AMOUNT], decision) != 1) return 0;
    *some = 1;
    return ((const i64 *)k->col[C_DECISION_AMOUNT].data)[decision];
#else
    return 0;
#endif
}
// What a decision makes of a claim; `allowed`: the clause allows the decided sum; `low`: the least it gives.
OUTLINE Sum decide(K *k, Sum s, i64 decision, i64 paid, int exact_selected, int allowed, i64 low, u64 *failed, u64 *unknown) {
#ifdef L_DECISION
    T selected = f_flag(k, C_DECISION_SELECTED, decision);
    if (selected == 2) { *unknown |= 1ull << B_SELECTED; return s; }
    if (selected == 0) { *failed |= 1ull << B_SELECTED; return (Sum){INELIGIBLE, 1, 1, 0, 0, 0}; }
    int some;
    i64 fen = decided_fen(k, decision, &some), top;
    if (some && allowed) {
        if (s.has_hi) {
            if (__builtin_add_overflow(s.hi, paid, &top)) k->over = 1;
            if (top < fen) fen = top;
        }
        if (__builtin_sub_overflow(fen, paid, &fen)) k->over = 1;
        if (fen < 0) fen = 0;
        return (Sum){ELIGIBLE, 1, 1, 0, fen, fen};
    }
    if (!s.has_hi) return s;
    if (!some && exact_selected) return (Sum){ELIGIBLE, 1, 1, 0, s.hi, s.hi};
    return (Sum){UP_TO, 1, 1, 0, low, s.hi};
#else
    return s;
#endif
}
