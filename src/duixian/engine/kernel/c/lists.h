// Aggregates over lists that may lack records, as engine/lists.py defines them; tables as engine/tables.py.
typedef struct { N sum; Q sure_low, sure_high, low, high; int f, sure, items; } Agg;
// f: 1 sure_low known, 2 sure_high, 4 low, 8 high, 16 a low bound is open, 32 a high bound is open
INLINE Agg agg(void) { return (Agg){number(0), zero(), zero(), zero(), zero(), 0, 0, 0}; }
INLINE void agg_note(Agg *a, T held) { a->items++; a->sure += held == 1; }
OUTLINE void agg_sum(Agg *a, T held, N v, int *over) {
    agg_note(a, held);
    if (held != 1) { v.lo = minq(zero(), v.lo); v.hi = maxq(zero(), v.hi); }
    a->sum = n_add(a->sum, v, over);
}
OUTLINE void agg_order(Agg *a, T held, N v, int highest) {
    agg_note(a, held);
    if (v.f & 1) {
        if (held == 1) { a->sure_low = (a->f & 1) ? (highest ? maxq(a->sure_low, v.lo) : minq(a->sure_low, v.lo)) : v.lo; a->f |= 1; }
        a->low = (a->f & 4) ? minq(a->low, v.lo) : v.lo; a->f |= 4;
    } else a->f |= 16;
    if (v.f & 2) {
        if (held == 1) { a->sure_high = (a->f & 2) ? minq(a->sure_high, v.hi) : v.hi; a->f |= 2; }
        a->high = (a->f & 8) ? maxq(a->high, v.hi) : v.hi; a->f |= 8;
    } else a->f |= 32;
}
INLINE N agg_count_end(Agg *a, int whole) { return span(whole ? 3 : 1, (Q){a->sure, 1}, (Q){a->items, 1}); }
INLINE T agg_any_end(Agg *a, int whole) { return a->sure ? 1 : a->items || !whole ? 2 : 0; }
INLINE T agg_none_end(Agg *a, int whole) { return t_not(agg_any_end(a, whole)); }
INLINE N agg_sum_end(Agg *a, int whole) { N r = a->sum; if (!whole) r.f &= 1; return r; }
OUTLINE N agg_highest_end(Agg *a, int whole) {
    if (whole && a->sure == a->items) {
        if (!a->items) return number(0);
        return span((a->f & 1) | ((a->f & 32) ? 0 : 2), a->sure_low, a->high);
    }
    int top = whole && !(a->f & 32);
    return span(1 | (top ? 2 : 0), (a->f & 1) ? a->sure_low : zero(), (a->f & 8) ? maxq(zero(), a->high) : zero());
}
OUTLINE N agg_lowest_end(Agg *a, int whole) {
    if (whole && a->sure == a->items) {
        if (!a->items) return number(0);
        return span(((a->f & 16) ? 0 : 1) | (a->f & 2), a->low, a->sure_high);
    }
    int bottom = whole && !(a->f & 16) && (a->f & 4);
    return span(1 | (a->f & 2), bottom ? minq(zero(), a->low) : zero(), a->sure_high);
}

OUTLINE T passed(N v, N step, T strict) {
    T over = n_gt(v, step), at_least = n_ge(v, step);
    return strict == 2 ? (over == at_least ? over : 2) : strict ? over : at_least;
}
OUTLINE T d_passed(D v, D step, T strict) {
    T over = d_gt(v, step), at_least = d_ge(v, step);
    return strict == 2 ? (over == at_least ? over : 2) : strict ? over : at_least;
}
INLINE T newly(T now, T before) {
    if (now == 0 || before == 1) return 0;
    return now == 1 && before == 0 ? 1 : 2;
}
INLINE N crossing_all(const T *held, const N *value, int rows, int *over) {
    Agg a = agg();
    for (int i = 0; i < rows; i++) if (held[i]) agg_sum(&a, held[i], value[i], over);
    return a.sum;
}
INLINE N crossing_top(const T *held, const N *value, int rows) {
    N found = number(0);
    int some = 0;
    for (int i = rows - 1; i >= 0; i--) {
        if (!held[i]) continue;
        found = some ? n_hull(found, value[i]) : value[i];
        some = 1;
        if (held[i] == 1) return found;
    }
    return some ? n_hull(found, number(0)) : number(0);
}
