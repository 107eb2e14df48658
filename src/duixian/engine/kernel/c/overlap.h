// Take the higher within one applicant, as engine/higher.py and engine/overlap.py define it: what nothing links
// is paid, of claims that all exclude each other the greatest, nested ceilings are filled in order, small tangles
// are searched. Anything else is left to the reference engine (returns 0).
typedef struct { u64 member[LIVE_WORDS]; i64 fen; int limit, binding, sure; } Ceil;
#define MAX_CEILINGS 256
#define SMALL 20
typedef struct {
    int n, words, ceilings;
    Claim *claim[MAX_LIVE];
    u64 near[2][MAX_LIVE][LIVE_WORDS];
    Ceil ceiling[MAX_CEILINGS];
    int edges[2];
} Problem;

#define HAS(set, i) ((set)[(i) >> 6] >> ((i) & 63) & 1)
#define PUT(set, i) ((set)[(i) >> 6] |= 1ull << ((i) & 63))
#define DROP(set, i) ((set)[(i) >> 6] &= ~(1ull << ((i) & 63)))

// 0 no, 1 yes, 2 open: a project that is not known may be the other's.
static T same_matter(const Claim *a, const Claim *b) {
    if (a->matter.k != 1 || b->matter.k != 1) return 0;
    if (a->matter_kind == b->matter_kind && x_same(a->matter, b->matter)) return 1;
    if (a->rec == b->rec && a->rec >= 0 && a->entity == b->entity) return 1;
    int both = (a->project_open || a->matter_kind == PROJECT) && (b->project_open || b->matter_kind == PROJECT);
    return both && (a->project_open || b->project_open) ? 2 : 0;
}
// `may`: the relations that may part the two, of those that surely or maybe hold.
static T excludes(const Claim *a, const Claim *b, u32 may, u32 surely) {
    T matter = 0, found = 0;
    u32 open = 0;
    if (may & (TOLD | RELATION_MATTER)) {
        matter = same_matter(a, b);
        if (may & TOLD) {
            // Claims without a matter are told twice too: none is like none.
            found = a->matter.k != 1 && b->matter.k != 1 ? 1 : matter;
            if (found == 1) return 1;
        }
        if (!matter) may &= ~RELATION_MATTER;
        if (matter == 2) open |= RELATION_MATTER;
    }
    if (may & RELATION_YEAR) {
        if (!a->has_event || !b->has_event) open |= RELATION_YEAR;
        else if (civil(a->event).y != civil(b->event).y) may &= ~RELATION_YEAR;
    }
    may &= ~(TOLD | CARRIES_OUT);
    if (may & surely & ~open) return 1;
    return may ? 2 : found;
}

typedef struct { i64 best; u32 set; int found, left; } Search;
static void search(const i64 *worth, const u32 *near, const i64 *rest, int n, int i, u32 taken, u32 shut, i64 sum, Search *s) {
    if (--s->left < 0 || (s->found && sum + rest[i] <= s->best)) return;
    if (i == n) { s->best = sum; s->set = taken; s->found = 1; return; }
    if (!(shut >> i & 1)) search(worth, near, rest, n, i + 1, taken | 1u << i, shut | near[i], sum + worth[i], s);
    search(worth, near, rest, n, i + 1, taken, shut, sum, s);
}
// The greatest sum without conflict within a set of claims, earlier claims preferred; 0 if the set is too tangled.
static int most(const Problem *p, int sure, const u64 *set, const i64 *worth, u64 *chosen, i64 *total) {
    const int words = p->words;
    u64 left[LIVE_WORDS];
    for (int w = 0; w < words; w++) left[w] = set[w];
    *total = 0;
    for (int first = 0; first < p->n; first++) {
        if (!HAS(left, first)) continue;
        // What hangs together with the first: its members in order, each one's conflicts within the set.
        int who[MAX_LIVE], size = 0, clique = 1;
        u64 part[LIVE_WORDS] = {0}, seen[LIVE_WORDS] = {0};
        PUT(part, first);
        for (int w = 0; w < words;) {
            u64 next = part[w] & ~seen[w];
            if (!next) { w++; continue; }
            int v = w * 64 + __builtin_ctzll(next);
            PUT(seen, v);
            int back = w;
            for (int x = 0; x < words; x++) {
                u64 more = p->near[sure][v][x] & set[x] & ~part[x];
                part[x] |= more;
                if (more && x < back) back = x;
            }
            w = back;
        }
        for (int w = 0; w < words; w++)
            for (u64 rest = part[w]; rest; rest &= rest - 1) who[size++] = w * 64 + __builtin_ctzll(rest);
        int best = first;
        for (int x = 0; x < size; x++) {
            int v = who[x];
            DROP(left, v);
            if (worth[v] > worth[best]) best = v;
            for (int w = 0; w < words; w++) {
                u64 others = part[w] & ~p->near[sure][v][w];
                if (w == v >> 6) others &= ~(1ull << (v & 63));
                if (others) clique = 0;
            }
        }
        if (clique) {
            PUT(chosen, best);
            if (__builtin_add_overflow(*total, worth[best], total)) return 0;
            continue;
        }
        if (size > SMALL) return 0;
        i64 own[SMALL], rest[SMALL + 1];
        u32 near[SMALL];
        rest[size] = 0;
        for (int x = size - 1; x >= 0; x--) {
            own[x] = worth[who[x]];
            if (__builtin_add_overflow(rest[x + 1], own[x], &rest[x])) return 0;
            near[x] = 0;
            for (int y = 0; y < size; y++) if (y != x && HAS(p->near[sure][who[x]], who[y])) near[x] |= 1u << y;
        }
        Search s = {0, 0, 0, 20000};
        search(own, near, rest, size, 0, 0, 0, 0, &s);
        if (s.left < 0) return 0;
        for (int x = 0; x < size; x++) if (s.set >> x & 1) PUT(chosen, who[x]);
        if (__builtin_add_overflow(*total, s.best, total)) return 0;
    }
    return 1;
}
static int inside(const u64 *a, const u64 *b, int words) {
    for (int w = 0; w < words; w++) if (a[w] & ~b[w]) return 0;
    return 1;
}
static int apart(const u64 *a, const u64 *b, int words) {
    for (int w = 0; w < words; w++) if (a[w] & b[w]) return 0;
    return 1;
}
// Chooses among the claims whose verdict is in `verdicts`, by least or greatest sum; writes paid[which].
static int solve(Problem *p, u32 verdicts, int least, int which) {
    int sure = least;  // what is certain stays so if an open conflict is one; what is greatest, if it is none
    i64 worth[MAX_LIVE];
    u64 in[LIVE_WORDS] = {0}, bare[LIVE_WORDS] = {0}, chosen[LIVE_WORDS] = {0};
    int words = p->words;
    for (int i = 0; i < p->n; i++) {
        Claim *c = p->claim[i];
        c->paid[which] = 0;
        if (!(verdicts >> c->verdict & 1)) continue;
        if (!(least ? c->has_lo : c->has_hi)) { PUT(bare, i); continue; }
        worth[i] = least ? c->lo : c->hi;
        PUT(in, i);
    }
    if (!p->edges[sure] && !p->ceilings) {
        for (int i = 0; i < p->n; i++) if (HAS(in, i)) p->claim[i]->paid[which] = worth[i];
        return 1;
    }
    int tied = 0;
    for (int b = 0; b < p->ceilings; b++) {
        Ceil *c = &p->ceiling[b];
        c->binding = 0;
        if (c->sure != sure) continue;
        if (c->limit) {
            i64 many = 0;
            for (int w = 0; w < words; w++) many += __builtin_popcountll(c->member[w] & (in[w] | bare[w]));
            if (many > c->fen) return 0;
        } else
            for (int w = 0; w < words; w++)
                for (u64 left = c->member[w] & in[w]; left; left &= left - 1) {
                    int i = w * 64 + __builtin_ctzll(left);
                    if (worth[i] > c->fen) worth[i] = c->fen;
                }
    }
    // A claim without a number that only claims worth nothing stand against takes their place.
    u64 heavy[LIVE_WORDS];
    for (int w = 0; w < words; w++) {
        heavy[w] = bare[w];
        for (u64 left = in[w]; left; left &= left - 1) {
            int i = __builtin_ctzll(left);
            heavy[w] |= (u64)(worth[w * 64 + i] != 0) << i;
        }
    }
    for (int w = 0; w < words; w++)
        for (u64 left = bare[w]; left; left &= left - 1) {
            const u64 *near = p->near[sure][w * 64 + __builtin_ctzll(left)];
            if (apart(near, heavy, words)) for (int x = 0; x < words; x++) in[x] &= ~near[x];
        }
    for (int b = 0; b < p->ceilings; b++) {
        Ceil *c = &p->ceiling[b];
        if (c->limit || c->sure != sure) continue;
        i64 sum = 0;
        for (int w = 0; w < words; w++)
            for (u64 left = c->member[w] & in[w]; left; left &= left - 1)
                if (__builtin_add_overflow(sum, worth[w * 64 + __builtin_ctzll(left)], &sum)) return 0;
        c->binding = sum > c->fen;
        tied |= c->binding;
    }
    i64 total;
    if (!p->edges[sure]) { for (int w = 0; w < words; w++) chosen[w] = in[w]; }
    else if (!most(p, sure, in, worth, chosen, &total)) return 0;
    if (tied && p->edges[sure]) {
        // A ceiling that no choice can pass binds nothing; where one still does and touches a conflict, it is not ours.
        for (int b = 0; b < p->ceilings; b++) {
            Ceil *c = &p->ceiling[b];
            if (!c->binding) continue;
            u64 set[LIVE_WORDS] = {0}, ignored[LIVE_WORDS] = {0};
            for (int w = 0; w < words; w++) set[w] = c->member[w] & in[w];
            if (!most(p, sure, set, worth, ignored, &total)) return 0;
            if (total <= c->fen) { c->binding = 0; continue; }
            for (int i = 0; i < p->n; i++)
                if (HAS(set, i)) for (int w = 0; w < words; w++) if (p->near[sure][i][w] & in[w]) return 0;
        }
    }
    if (!tied) {
        for (int i = 0; i < p->n; i++) if (HAS(chosen, i)) p->claim[i]->paid[which] = worth[i];
        return 1;
    }
    for (int a = 0; a < p->ceilings; a++)
        for (int b = a + 1; b < p->ceilings; b++) {
            if (!p->ceiling[a].binding || !p->ceiling[b].binding) continue;
            u64 x[LIVE_WORDS], y[LIVE_WORDS];
            for (int w = 0; w < words; w++) { x[w] = p->ceiling[a].member[w] & in[w]; y[w] = p->ceiling[b].member[w] & in[w]; }
            if (!apart(x, y, words) && !inside(x, y, words) && !inside(y, x, words)) return 0;
        }
    i64 left[MAX_CEILINGS];
    for (int b = 0; b < p->ceilings; b++) left[b] = p->ceiling[b].fen;
    for (int i = 0; i < p->n; i++) {
        if (!HAS(chosen, i)) continue;
        i64 fen = worth[i];
        for (int b = 0; b < p->ceilings; b++) {
            Ceil *c = &p->ceiling[b];
            if (c->binding && HAS(c->member, i) && left[b] < fen) fen = left[b];
        }
        for (int b = 0; b < p->ceilings; b++) if (p->ceiling[b].binding && HAS(p->ceiling[b].member, i)) left[b] -= fen;
        p->claim[i]->paid[which] = fen;
    }
    return 1;
}
