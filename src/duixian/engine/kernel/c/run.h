// One batch: for each applicant its claims, take the higher among them, and what is written of them.
// A payment under a bound: whose key it has (`whole`: every claim's, `of`: that of the claim for the same record,
// neither: not known), which record it was for (its own id, if that is not known), and its sum.
#define MAX_PAYMENTS 64
typedef struct { const Claim *of; int whole, known; X record; i64 fen; } Paying;

static int bound_payments(K *k, i64 row, int b, Paying *made) {
    int n = 0;
#ifdef L_PAYMENT
    const Lst *l = &k->lst[L_PAYMENT];
    for (i64 r = l->off[row]; r < l->off[row + 1]; r++) {
        if (!bound_names(b, f_code(k, C_PAYMENT_MEASURE, r))) continue;
        if (n == MAX_PAYMENTS) return -1;
        Paying *p = &made[n++];
        int known = state(&k->col[C_PAYMENT_AMOUNT], r) == 1;
        *p = (Paying){0, BOUNDS_WHOLE >> b & 1, known, text(&k->col[C_PAYMENT_RECORD], r), 0};
        if (known) p->fen = ((const i64 *)k->col[C_PAYMENT_AMOUNT].data)[r];
        int named = p->record.k == 1 && p->record.n;
        for (i32 i = 0; named && !p->whole && i < k->claims; i++) {
            const Claim *c = &k->claim[i];
            if (!(BOUNDS_OF[c->measure] >> b & 1) || c->id.k != 1 || !x_same(c->id, p->record)) continue;
            if (bound_same(k, b, c, c)) p->of = c;
            break;
        }
        if (!named) p->record = text(&k->col[C_PAYMENT_ID], r);
    }
#endif
    return n;
}
// Which payments use a bound up for the claims that share the key of `first` (0: for those of which the key is not
// known): for what is certain also those that may, for what is greatest only those that surely do.
static int uses_up(K *k, int b, const Paying *p, const Claim *first, int sure) {
    if (!first) return sure;
    int same = p->whole || (p->of && bound_same(k, b, p->of, first));
    return sure ? same || !p->of : same && p->known && p->fen;
}
static int add_ceiling(K *k, Problem *p, int b, Bound bound, int sure, const u64 *some, const u64 *more, const Claim *first, const Paying *paying, int payments) {
    if (p->ceilings >= MAX_CEILINGS) return 0;
    i64 fen = sure ? bound.low : bound.high, left = fen;
    Ceil *c = &p->ceiling[p->ceilings++];
    *c = (Ceil){.limit = bound.limit, .sure = sure};
    for (int w = 0; w < p->words; w++) c->member[w] = some[w] | more[w];
    for (int j = 0; j < payments; j++) {
        if (!uses_up(k, b, &paying[j], first, sure)) continue;
        if (!bound.limit) {
            if (__builtin_sub_overflow(left, paying[j].known ? paying[j].fen : fen, &left)) return 0;
            continue;
        }
        // A claim that was paid has its place already; a record that was paid for takes one, however often.
        int again = 0;
        for (int i = 0; i < j; i++) again |= uses_up(k, b, &paying[i], first, sure) && x_same(paying[i].record, paying[j].record);
        left -= !again;
        for (int i = 0; i < p->n; i++)
            if (p->claim[i]->id.k == 1 && x_same(p->claim[i]->id, paying[j].record)) DROP(c->member, i);
    }
    c->fen = left > 0 ? left : 0;
    return 1;
}
// What is not known makes two versions: a strict one for what is certain, a loose one for what is greatest.
static int one_bound(K *k, i64 row, Problem *p, int b) {
    static const u64 nobody[LIVE_WORDS];
    Bound bound = bound_value(k, row, b);
    if (!bound.held) return 1;
    Paying paying[MAX_PAYMENTS];
    int payments = bound_payments(k, row, b, paying);
    if (payments < 0) return 0;
    u64 done[LIVE_WORDS] = {0}, stray[LIVE_WORDS] = {0};
    int loose = bound.held == 1 && bound.has_high, strays = 0;
    for (int i = 0; i < p->n; i++)
        if ((BOUNDS_OF[p->claim[i]->measure] >> b & 1) && !bound_same(k, b, p->claim[i], p->claim[i])) { PUT(stray, i); strays++; }
    for (int i = 0; i < p->n; i++) {
        const Claim *own = p->claim[i];
        if (!(BOUNDS_OF[own->measure] >> b & 1) || HAS(done, i)) continue;
        u64 one[LIVE_WORDS] = {0};
        PUT(one, i);
        if (HAS(stray, i)) { if (loose && !add_ceiling(k, p, b, bound, 0, one, nobody, 0, paying, 0)) return 0; continue; }
        for (int j = i + 1; j < p->n; j++)
            if ((BOUNDS_OF[p->claim[j]->measure] >> b & 1) && !HAS(done, j) && !HAS(stray, j) && bound_same(k, b, own, p->claim[j])) { PUT(done, j); PUT(one, j); }
        if (!add_ceiling(k, p, b, bound, 1, one, stray, own, paying, payments)) return 0;
        if (loose && !add_ceiling(k, p, b, bound, 0, one, nobody, own, paying, payments)) return 0;
    }
    return !strays || add_ceiling(k, p, b, bound, 1, stray, nobody, 0, paying, payments);
}
static int bounds_of(K *k, i64 row, Problem *p) {
    u64 any = 0;
    for (int i = 0; i < p->n; i++) any |= BOUNDS_OF[p->claim[i]->measure];
    for (int b = 0; b < 64 && any >> b; b++) if ((any >> b & 1) && !one_bound(k, row, p, b)) return 0;
    return 1;
}
// Finds the conflicts; says whether some claim is one told twice that carries out another, noted in `first`.
static int conflicts(K *k, i64 row, Problem *p, u64 *first) {
    int told = 0;
    p->edges[0] = p->edges[1] = 0;
    for (int i = 0; i < p->n; i++) for (int w = 0; w < p->words; w++) p->near[0][i][w] = p->near[1][i][w] = 0;
    if (p->n < 2) return 0;
    u32 surely, maybe;
    relations(k, row, &surely, &maybe);
    const u32 some = surely | maybe | TOLD;
    u64 after[MEASURE_WORDS] = {0};  // the measures of the claims from i on
    for (int i = p->n - 1; i >= 0; i--) {
        const int own = p->claim[i]->measure;
        u64 meets = 0;
        for (int w = 0; w < MEASURE_WORDS; w++) meets |= PAIRED[own][w] & after[w];
        after[own >> 6] |= 1ull << (own & 63);
        if (!meets) continue;
        const u32 *pairs = PAIR[own];
        for (int j = i + 1; j < p->n; j++) {
            u32 pair = pairs[p->claim[j]->measure];
            if (!(pair & some)) continue;
            T held = excludes(p->claim[i], p->claim[j], pair & some, surely);
            if (!held) continue;
            for (int sure = held == 1 ? 0 : 1; sure < 2; sure++) {
                PUT(p->near[sure][i], j); PUT(p->near[sure][j], i); p->edges[sure]++;
            }
            if (pair & TOLD) { told = 1; PUT(first, pair & CARRIES_OUT ? i : j); }
        }
    }
    return told;
}
static int higher(K *k, i64 row, Problem *p) {
    p->n = p->ceilings = 0;
    u32 verdicts = 0;
    for (i32 i = 0; i < k->claims; i++) {
        Claim *c = &k->claim[i];
        if (c->verdict > UNDETERMINED) continue;
        if (p->n >= MAX_LIVE) return 0;
        verdicts |= 1u << c->verdict;
        p->claim[p->n++] = c;
    }
    if (!p->n) return 1;
    p->words = (p->n + 63) / 64;
    u64 first[LIVE_WORDS] = {0};
    int told = conflicts(k, row, p, first);
    if (told) {
        // Of a support that is told twice the telling that carries out the other settles ties.
        Claim *ordered[MAX_LIVE];
        int n = 0;
        for (int turn = 1; turn >= 0; turn--) for (int i = 0; i < p->n; i++) if ((int)HAS(first, i) == turn) ordered[n++] = p->claim[i];
        for (int i = 0; i < n; i++) p->claim[i] = ordered[i];
        conflicts(k, row, p, first);
    }
    if (!bounds_of(k, row, p)) return 0;
    for (int b = 0; told && b < p->ceilings; b++) if (p->ceiling[b].limit) return 0;
    const u32 owed = 1u << ELIGIBLE | 1u << UP_TO, stated = owed | 1u << NOT_STATED, decided = 1u << COMPETITIVE | 1u << CASE_BY_CASE;
    if (!solve(p, owed, 1, 0) || !solve(p, stated, 0, 1)) return 0;
    int from = 1;
    if (verdicts & decided) { from = 2; if (!solve(p, stated | decided, 0, 2)) return 0; }
    if (from == 1) for (int i = 0; i < p->n; i++) p->claim[i]->paid[2] = p->claim[i]->paid[1];
    if (verdicts >> UNDETERMINED & 1) return solve(p, 63, 0, 3);
    for (int i = 0; i < p->n; i++) p->claim[i]->paid[3] = p->claim[i]->paid[2];
    return 1;
}
// A column that nobody asked for has no room.
INLINE void mark(u8 *valid, i64 i, int on) { if (on) valid[i >> 3] |= (u8)(1u << (i & 7)); }
#define WRITE(name, value) if (o->name) o->name[i] = (value)
#define WRITE_MAYBE(name, value, some) if (o->name) { o->name[i] = (value); mark(o->name##_valid, i, some); }
static int write_row(K *k, i64 row, Out *o, int all) {
    i64 need = 0;
    if (o->record_off) for (i32 i = 0; i < k->claims; i++) if (k->claim[i].id.k == 1) need += k->claim[i].id.n;
    if (o->room >= 0 && (o->count + k->claims > o->room || o->bytes + need > o->bytes_room)) return 0;
    for (i32 j = 0; j < k->journals; j++) o->counts[k->journal[j] & 0xffff] += k->journal[j] >> 16;
    for (i32 j = 0; j < k->claims; j++) {
        Claim *c = &k->claim[j];
        o->counts[c->measure * 8 + c->verdict]++;
        if (c->verdict >= INELIGIBLE && !all) continue;
        i64 i = o->count++;
        for (int w = 0; w < 4; w++) o->sums[c->measure * 4 + w] += c->paid[w];
        WRITE(row, (i32)(o->first + row)); WRITE(policy, (i16)POLICY_OF[c->measure]); WRITE(measure, NAME_OF[c->measure]);
        if (o->record_off) {
            if (c->id.k == 1) for (i32 n = 0; n < c->id.n; n++) o->record_bytes[o->bytes++] = c->id.p[n];
            o->record_off[i + 1] = (i32)o->bytes;
            mark(o->record_valid, i, c->id.k == 1);
        }
        WRITE_MAYBE(event, c->event, c->has_event);
        WRITE(verdict, (signed char)c->verdict);
        WRITE_MAYBE(lo, c->lo, c->has_lo);
        WRITE_MAYBE(hi, c->hi, c->has_hi);
        int priced = c->verdict >= INELIGIBLE || (c->verdict < NOT_STATED && c->has_hi);
        WRITE_MAYBE(payable, !priced || c->verdict >= INELIGIBLE ? 0 : c->verdict <= UP_TO ? c->paid[1] : c->paid[2], priced);
        for (int w = 0; w < 4; w++) WRITE(paid[w], c->paid[w]);
        WRITE(failed, c->failed); WRITE(unknown, c->unknown); WRITE(readings, c->readings);
    }
    return 1;
}
typedef struct { u32 kind; i64 lo, hi; } Outcome;  // kind: the verdict and which of the two sums there are
INLINE Outcome outcome_of(const Claim *c) {
    return (Outcome){c->verdict | (u32)c->has_lo << 8 | (u32)c->has_hi << 9, c->lo, c->hi};
}
static const Outcome NO_CLAIM = {INELIGIBLE | 3 << 8, 0, 0};
// What another choice of a reading makes of a claim; of a policy that is not in force as if it were.
static Outcome elsewise(K *k, i64 row, const Claim *claim, const u64 *told) {
    const i32 count = k->claims, journals = k->journals;
    again(k, row, claim, told);
    Outcome found = k->claims > count ? outcome_of(&k->claim[count]) : NO_CLAIM;
    k->claims = count; k->journals = journals;
    return found;
}
static int refused(const Claim *c) { return c->rec == NO_RECORD && ((c->failed >> B_TO | c->failed >> B_RECORD) & 1); }
static int same_outcome(Outcome a, Outcome b) {
    return a.kind == b.kind && a.lo == b.lo && a.hi == b.hi;
}
// Puts another choice of a reading in its place and returns the one that was there; what was kept under it is forgotten.
static i32 choose(K *k, const Variant *v, i32 choice, const D *day) {
    i32 taken = -1;
    if (v->slot >= 0) { taken = k->reading[v->slot]; k->reading[v->slot] = choice; }
    k->day = day;
    if (k->kept_touched[v->policy] >> v->bit & 1) for (int f = FIXED_OF[v->policy]; f < FIXED_OF[v->policy + 1]; f++)
        k->fixed[f] |= (signed char)-(k->fixed_touched[f] >> v->bit & 1);
    return taken;
}
// The claims of one policy whose readings are asked for, and which of them each asked for while it was worked out.
typedef struct { int n; u64 asked; Claim *claim[MAX_LIVE]; u64 touched[MAX_LIVE]; } Resting;

// Notes for each claim the reading of which another choice gives it another answer.
static void rest_on(K *k, i64 row, const Variant *v, const Resting *r) {
    const int *force = k->force;
    const D *day = k->day;
    const u64 bit = 1ull << v->bit;
    const int away = !force[v->policy], moved = force[v->policy] != v->force[v->policy];
    int chosen = 0;
    i32 taken = -1;
    for (int i = 0; i < r->n; i++) {
        if (!moved && !(r->touched[i] & bit)) continue;
        Claim *c = r->claim[i];
        if (c->readings & bit) continue;
        if (away != !v->force[v->policy]) { c->readings |= bit; continue; }
        if (refused(c)) continue;
        if (!chosen) { taken = choose(k, v, v->choice, v->day); chosen = 1; }
        u64 told;
        const Moved how = moved ? ALL_ANEW : moves(k, row, c, bit, &told);
        if (how == SAME) continue;
        k->force = away ? IN_FORCE : v->force;
        Outcome own = outcome_of(c);
        if (away) {
            // What it would be if the policy were in force is worked out for the few that ask.
            choose(k, v, taken, day);
            own = elsewise(k, row, c, 0);
            choose(k, v, v->choice, v->day);
        }
        const Outcome other = how == REFUSED && !away ? NO_CLAIM : elsewise(k, row, c, how == SUM_ANEW && !away ? &told : 0);
        if (!same_outcome(own, other)) c->readings |= bit;
    }
    if (chosen) choose(k, v, taken, day);
    k->force = force;
}
static void rest_policy(K *k, i64 row, int policy, const Resting *r, const Others *others) {
    for (u64 bits = r->asked | others->moving[policy]; bits; bits &= bits - 1) {
        const int b = __builtin_ctzll(bits);
        for (i32 v = others->from[policy][b]; v < others->from[policy][b + 1]; v++) rest_on(k, row, &others->variant[v], r);
    }
}
// Notes for each claim that is written the readings it rests on. The claims of a policy stand together.
static void rest(K *k, i64 row, const Others *others, int all, Resting *r) {
    const i32 claims = k->claims;
    k->all = 0;
    for (i32 i = 0; i < claims;) {
        const int policy = POLICY_OF[k->claim[i].measure];
        r->n = 0; r->asked = 0;
        for (; i < claims && POLICY_OF[k->claim[i].measure] == policy && r->n < MAX_LIVE; i++) {
            Claim *c = &k->claim[i];
            if (c->verdict >= INELIGIBLE && !all) continue;
            r->claim[r->n] = c; r->touched[r->n++] = c->touched; r->asked |= c->touched;
        }
        if (r->n) rest_policy(k, row, policy, r, others);
    }
}
