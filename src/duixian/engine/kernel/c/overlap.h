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
static T excludes(const Claim *a, const Claim *b, u32 surely, u32 maybe) {
    u32 may = PAIR[a->measure][b->measure];
    T matter = -1, found = 0;
    if (!(may & (surely | maybe | TOLD))) return 0;
    if (may & TOLD) {
        // Claims without a matter are told twice too: none is like none.
        matter = same_matter(a, b);
        T held = a->matter.k != 1 && b->matter.k != 1 ? 1 : matter;
        if (held == 1) return 1;
        found = held;
    }
    may &= surely | maybe;
    for (int r = 0; may >> r; r++) {
        if (!(may >> r & 1)) continue;
        T same = 1;
        if (RELATION_MATTER >> r & 1) {
            if (matter < 0) matter = same_matter(a, b);
            if (!(same = matter)) continue;
        }
        if (RELATION_YEAR >> r & 1) {
            if (!a->has_event || !b->has_event) same = 2;
            else if (civil(a->event).y != civil(b->event).y) continue;
        }
        if (same == 1 && surely >> r & 1) return 1;
        found = 2;
    }
    return found;
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
    int who[MAX_LIVE], n = 0;
    for (int i = 0; i < p->n; i++) if (HAS(set, i)) who[n++] = i;
    u8 done[MAX_LIVE] = {0};
    *total = 0;
    for (int a = 0; a < n; a++) {
        if (done[a]) continue;
        int part[MAX_LIVE], size = 1, clique = 1;
        part[0] = a; done[a] = 1;
        for (int at = 0; at < size; at++)
            for (int b = 0; b < n; b++)
                if (!done[b] && HAS(p->near[sure][who[part[at]]], who[b])) { done[b] = 1; part[size++] = b; }
        for (int x = 1; x < size; x++) { int v = part[x], y = x; for (; y > 0 && part[y - 1] > v; y--) part[y] = part[y - 1]; part[y] = v; }
        for (int x = 0; clique && x < size; x++)
            for (int y = x + 1; clique && y < size; y++) clique = HAS(p->near[sure][who[part[x]]], who[part[y]]);
        if (clique) {
            int best = who[part[0]];
            for (int x = 1; x < size; x++) if (worth[who[part[x]]] > worth[best]) best = who[part[x]];
            PUT(chosen, best);
            if (__builtin_add_overflow(*total, worth[best], total)) return 0;
            continue;
        }
        if (size > SMALL) return 0;
        i64 own[SMALL], rest[SMALL + 1];
        u32 near[SMALL];
        rest[size] = 0;
        for (int x = size - 1; x >= 0; x--) {
            own[x] = worth[who[part[x]]];
            if (__builtin_add_overflow(rest[x + 1], own[x], &rest[x])) return 0;
            near[x] = 0;
            for (int y = 0; y < size; y++) if (y != x && HAS(p->near[sure][who[part[x]]], who[part[y]])) near[x] |= 1u << y;
        }
        Search s = {0, 0, 0, 20000};
        search(own, near, rest, size, 0, 0, 0, 0, &s);
        if (s.left < 0) return 0;
        for (int x = 0; x < size; x++) if (s.set >> x & 1) PUT(chosen, who[part[x]]);
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
            for (int i = 0; i < p->n; i++) if (HAS(c->member, i) && HAS(in, i) && worth[i] > c->fen) worth[i] = c->fen;
    }
    // A claim without a number that only claims worth nothing stand against takes their place.
    for (int i = 0; i < p->n; i++) {
        if (!HAS(bare, i)) continue;
        int free = 1;
        for (int j = 0; j < p->n; j++) if (HAS(p->near[sure][i], j) && (HAS(bare, j) || (HAS(in, j) && worth[j]))) free = 0;
        for (int j = 0; free && j < p->n; j++) if (HAS(p->near[sure][i], j)) DROP(in, j);
    }
    for (int b = 0; b < p->ceilings; b++) {
        Ceil *c = &p->ceiling[b];
        if (c->limit || c->sure != sure) continue;
        i64 sum = 0;
        for (int i = 0; i < p->n; i++)
            if (HAS(c->member, i) && HAS(in, i) && __builtin_add_overflow(sum, worth[i], &sum)) return 0;
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
