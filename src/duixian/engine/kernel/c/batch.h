// The run over a batch: lanes where they can be, the other rows one by one.
typedef struct {
    Problem problem; Resting resting; Claim claim[MAX_CLAIMS]; u32 journal[MAX_CLAIMS]; Rec rec[LISTS + 1][MAX_RECORDS];
#ifdef MEASURES
    Word word; Plan plan;
#endif
} Scratch;
i64 duixian_scratch(void) { return sizeof(Scratch); }

// What a payment uses up hangs on the claim for its record, so where there is one even what fails is worked out.
static int claims_for_payments(const K *k, i64 row) {
#ifdef L_PAYMENT
    const Lst *l = &k->lst[L_PAYMENT];
    return (BOUNDS & ~BOUNDS_WHOLE) != 0 && l->off[row] < l->off[row + 1];
#else
    return 0;
#endif
}
typedef struct { Others others; i64 variants; int all; } Asked;
static void sort_others(Others *o, const Variant *variant, i64 variants, const int *force) {
    o->variant = variant;
    i64 v = 0;
    for (int p = 0; p < POLICIES; p++) {
        o->moving[p] = 0;
        for (int b = 0; b < 65; b++) {
            o->from[p][b] = (i32)v;
            for (; v < variants && variant[v].policy == p && variant[v].bit == b; v++)
                if (force[p] != variant[v].force[p]) o->moving[p] |= 1ull << b;
        }
    }
}
static int one_row(K *k, i64 row, Out *o, Scratch *scratch, const Asked *asked) {
    k->all = asked->all || claims_for_payments(k, row);
    k->over = k->claims = k->journals = 0;
    k->ready = k->sorted = 0;
    memset(k->fixed, -1, FIXED);
    memset(k->kept_touched, 0, sizeof k->kept_touched);
    assess(k, row);
    if (k->over || !higher(k, row, &scratch->problem)) k->over = 1;
    else if (asked->variants && k->claims) rest(k, row, &asked->others, asked->all, &scratch->resting);
    if (k->over) { o->handed[o->handed_count++] = (i32)row; return 1; }
    if (!write_row(k, row, o, asked->all)) return 0;
    for (int w = 0; w < MEASURE_WORDS; w++) {
        u64 carry = k->passed[w];
        for (int p = 0; carry; p++) {
            u64 both = k->plane[p][w] & carry;
            k->plane[p][w] ^= carry;
            carry = both;
        }
    }
    return 1;
}
// Measures that were passed over for an applicant have a claim there that fails, or is not in force.
static void count_passed(const K *k, Out *o) {
    for (int m = 0; m < CLAIMABLE; m++) {
        i64 passed = 0;
        for (int p = 0; p < 32; p++) passed += (i64)(k->plane[p][m / 64] >> m % 64 & 1) << p;
        o->counts[m * 8 + (k->force[POLICY_OF[m]] == 0 ? NOT_IN_FORCE : INELIGIBLE)] += passed;
    }
}

#ifdef MEASURES
// Makes the plan for numbers of as many bits as before and as these rows have, and for more if 64 bits do with those
// too, so that it seldom has to be made anew; 0 if they do not do.
static int lanes_fit(K *k, i64 row, i64 rows, Plan *p) {
    u8 needed[FACTS + 1];
    for (int f = 0; f < FACTS; f++) {
        const int bits = l_bits(&k->col[FACT_OF[f]], row, rows);
        needed[f] = bits > p->bits[f] ? (u8)bits : p->bits[f];
        p->bits[f] = needed[f] > AMPLE_OF[f] ? needed[f] : AMPLE_OF[f];
    }
    if (lanes_plan(k, p)) return 1;
    memcpy(p->bits, needed, FACTS);
    return lanes_plan(k, p);
}
#endif
#ifdef MEASURES
static i64 lanes_rows(K *k, const Asked *asked, i64 row, i64 end, Out *o, Scratch *scratch) {
    Word *w = &scratch->word;
    Plan *p = &scratch->plan;
    int planned = 0;
    while (row < end) {
        i64 stop = end - row < CHUNK ? end : row + CHUNK, from = stop - row < LANES ? stop - LANES : row;
        if (!planned) {
            memset(p->bits, 0, FACTS);
            planned = lanes_fit(k, from, stop - from, p);
        }
        while (row < stop) {
            i64 base = stop - row < LANES ? stop - LANES : row, next = base + LANES;
            if (!lanes_room(o)) return row;
            int done = planned && lanes_plain(k, base) ? lanes_word(k, p, w, base, ALL << (row - base)) : 0;
            if (done < 0) planned = lanes_fit(k, base, stop - base, p);
            else if (!done) { for (; row < next; row++) if (!one_row(k, row, o, scratch, asked)) return row; }
            else { lanes_write(k, w, o); row = next; }
        }
        lanes_add(w, o);
    }
    return end;
}
#endif
static i64 run_rows(K *k, const Asked *asked, i64 row, i64 end, Out *o, Scratch *scratch) {
#ifdef MEASURES
    if (!asked->all && !asked->variants && end >= LANES && lanes_stand(k)) {
        lanes_begin(&scratch->word, o);
        row = lanes_rows(k, asked, row, end, o, scratch);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);  // what was written past the cache is there for other threads
        lanes_add(&scratch->word, o);
        return row;
    }
#endif
    for (; row < end; row++) if (!one_row(k, row, o, scratch, asked)) return row;
    return end;
}
// Assesses rows from `start` to `end`; returns the row where the room for claims gave out, or `end`.
i64 duixian_run(const Col *col, const Lst *lst, const Arg *arg, const D *day, i32 *reading, const int *force,
                const Variant *variant, i64 variants, i64 all, i64 start, i64 end, Out *o, Scratch *scratch) {
    Asked asked = {.variants = variants, .all = (int)all};
    sort_others(&asked.others, variant, variants, force);
    K k = {.col = col, .lst = lst, .arg = arg, .day = day, .reading = reading, .force = force,
           .rows = end, .until = start, .claim = scratch->claim, .journal = scratch->journal, .rec = scratch->rec};
    i64 row = run_rows(&k, &asked, start, end, o, scratch);
    count_passed(&k, o);
    return row;
}
