// Days and periods as calendar/periods.py defines them: years and months first, clamped to the month's last day.
typedef struct { i32 y, m, d; } Civil;

INLINE i32 days_from(i32 y, i32 m, i32 d) {
    y -= m <= 2;
    i32 era = (y >= 0 ? y : y - 399) / 400;
    u32 yoe = (u32)(y - era * 400), doy = (153 * (u32)(m + (m > 2 ? -3 : 9)) + 2) / 5 + (u32)d - 1;
    return era * 146097 + (i32)(yoe * 365 + yoe / 4 - yoe / 100 + doy) - 719468;
}
OUTLINE Civil civil(i32 z) {
    z += 719468;
    i32 era = (z >= 0 ? z : z - 146096) / 146097;
    u32 doe = (u32)(z - era * 146097), yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    u32 doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    i32 m = (i32)(mp < 10 ? mp + 3 : mp - 9);
    return (Civil){(i32)yoe + era * 400 + (m <= 2), m, (i32)(doy - (153 * mp + 2) / 5 + 1)};
}
#define FIRST_DAY (-719162)
#define LAST_DAY 2932896
INLINE i32 month_length(i32 y, i32 m) {
    return m == 2 ? 28 + ((y % 4 == 0 && y % 100) || y % 400 == 0) : 30 + ((m + (m > 7)) & 1);
}
INLINE D d_shift(D day, P by, int back) {
    if (day.k != 1 || !by.k) return (D){0, 0};
    Civil c = civil(day.v);
    i64 sign = back ? -1 : 1, months = (i64)c.y * 12 + c.m - 1 + sign * ((i64)by.y * 12 + by.m);
    if (months < 12 || months >= 120000) return (D){0, 0};
    i32 y = (i32)(months / 12), m = (i32)(months % 12) + 1, last = month_length(y, m);
    i64 v = (i64)days_from(y, m, c.d < last ? c.d : last) + sign * by.d;
    return v < FIRST_DAY || v > LAST_DAY ? (D){0, 0} : (D){(i32)v, 1};
}
INLINE N y_shift(N year, P by, int back, int *over) {
    return by.k ? n_add(year, number(back ? -(i64)by.y : by.y), over) : anything();
}
OUTLINE N year_of(D day) { return day.k == 1 ? number(civil(day.v).y) : anything(); }
OUTLINE D year_end(N y) {
    if (!exact(y) || y.lo.d != 1 || y.lo.n <= 0 || y.lo.n >= 10000) return (D){0, 0};
    return (D){days_from((i32)y.lo.n, 12, 31), 1};
}

// Divisions: six digits as a number; -1 not known. What is no six digits is left to the reference engine.
#define BAD_DIVISION (-2)
#define BAD_WORD 32767
OUTLINE T within(i32 a, i32 b, int *over) {
    if (a == -1 || b == -1) return 2;
    if (a < 0 || b < 0) { *over = 1; return 2; }
    if (a == b) return 1;
    if (a / 10000 != b / 10000) return 0;
    i32 stem = b % 10000 == 0 ? 10000 : b % 100 == 0 ? 100 : 1;
    i32 own = a % 10000 == 0 ? 10000 : a % 100 == 0 ? 100 : 1;
    i32 shared = stem > own ? stem : own;
    if (a / shared != b / shared) return 0;
    return own <= stem ? 1 : 2;
}
