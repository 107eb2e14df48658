// Reads a batch's texts once: enum words, sets of words, divisions and names of measures become numbers.
#define WORDS 4096
#ifdef __AVX512BW__
typedef i16 h32 __attribute__((ext_vector_type(32), aligned(2)));
typedef u8 bytes32 __attribute__((ext_vector_type(32), aligned(1)));
typedef short shorts32 __attribute__((vector_size(64)));
#endif
INLINE u64 word_hash(const u8 *p, i32 n) {
    u64 h = (u64)n * 0x9E3779B97F4A7C15ull;
    for (i32 i = 0; i < n; i++) h = (h ^ p[i]) * 0x100000001B3ull;
    return h ^ h >> 29;
}
typedef struct { const u8 *bytes; const i32 *off; i32 count; i16 slot[WORDS]; } Dict;
static void dict_fill(Dict *d, const u8 *bytes, const i32 *off, i32 count) {
    d->bytes = bytes; d->off = off; d->count = count;
    for (int i = 0; i < WORDS; i++) d->slot[i] = -1;
    for (i32 w = 0; w < count; w++) {
        u64 h = word_hash(bytes + off[w], off[w + 1] - off[w]);
        while (d->slot[h % WORDS] >= 0) h++;
        d->slot[h % WORDS] = (i16)w;
    }
}
INLINE i16 dict_find(const Dict *d, const u8 *p, i32 n) {
    for (u64 h = word_hash(p, n);; h++) {
        i16 w = d->slot[h % WORDS];
        if (w < 0) return -1;
        i32 at = d->off[w];
        if (d->off[w + 1] - at == n && same_bytes(d->bytes + at, p, n)) return w;
    }
}
// kind: 0 enum (int16), 1 set (uint64, `outer` are the list's offsets), 2 division (int32), 3 name (int16)
void duixian_encode(i64 kind, i64 count, const i32 *off, const u8 *data, const u8 *words, const i32 *word_off,
                    i64 word_count, const i32 *outer, void *out) {
    Dict d;
    dict_fill(&d, words, word_off, (i32)word_count);
    i16 *code = out;
    for (i64 i = 0; i < count; i++) {
        if (kind == 1) {
            u64 mask = 0;
            for (i32 j = outer[i]; j < outer[i + 1]; j++) {
                i16 w = dict_find(&d, data + off[j], off[j + 1] - off[j]);
                mask |= 1ull << (w < 0 ? 63 : w);
            }
            ((u64 *)out)[i] = mask;
            continue;
        }
        const u8 *p = data + off[i];
        i32 n = off[i + 1] - off[i];
        if (kind == 2) {
            i32 v = 0;
            for (i32 j = 0; j < n; j++) v = p[j] >= '0' && p[j] <= '9' && v < 1000000 ? v * 10 + p[j] - '0' : 1000000;
            ((i32 *)out)[i] = n == 6 && v < 1000000 ? v : BAD_DIVISION;
            continue;
        }
        i16 w = dict_find(&d, p, n);
        code[i] = w >= 0 ? w : kind == 0 ? BAD_WORD : -2;
    }
}

// Codes of a column that has a dictionary: `codes` of its words, by each row's index. Under a null stands anything.
#define RECODE(index, out_type) { const index *at = from; const out_type *known = codes; out_type *to = out; \
    for (; i < count; i++) { u32 j = (u32)at[i]; to[i] = j < (u32)words ? known[j] : 0; } }
void duixian_recode(i64 count, i64 width, const void *from, i64 words, i64 wide, const void *codes, void *out) {
    i64 i = 0;
#ifdef __AVX512BW__
    // A few words are looked up 32 rows at a time, in a register.
    if (!wide && width == 1 && words <= 32) {
        i16 known[32] = {0};
        for (i64 j = 0; j < words; j++) known[j] = ((const i16 *)codes)[j];
        const h32 table = *(const h32 *)known;
        for (; i + 32 <= count; i += 32) {
            const h32 at = __builtin_convertvector(*(const bytes32 *)((const u8 *)from + i), h32);
            *(h32 *)((i16 *)out + i) = (h32)__builtin_ia32_permvarhi512((shorts32)table, (shorts32)at);
        }
    }
#endif
    if (wide) { if (width == 1) RECODE(u8, i32) else if (width == 2) RECODE(u16, i32) else RECODE(u32, i32) }
    else { if (width == 1) RECODE(u8, i16) else if (width == 2) RECODE(u16, i16) else RECODE(u32, i16) }
}
#undef RECODE
