-- Measures that rest on the applicant itself.

-- Wuhan digital economy 一（三）#4
SELECT id AS applicant, 'wuhan-digital-economy-2022' AS policy, 'industrial-security-service' AS measure,
    NULL::VARCHAR AS record,
    wuhan_body(kind) AND in_wuhan AND list_contains(fields, 'industrial_security') AS holds,
    wan(100) AS most, true AS settled, 0::BIGINT AS lowest, 'competitive_up_to' AS verdict
FROM applicants
UNION ALL
-- Chengdu 二（五）#2
SELECT id, 'chengdu-cybersecurity-2020', 'settled-team', NULL,
    kind = 'team' AND has(settled, settled_none) AND settled <= chengdu_day() AND security
    AND (NOT has(settled, settled_none) OR settled >= chengdu_starts()),
    NULL, true, 0, 'amount_not_stated'
FROM applicants
WHERE may(kind IN ('person', 'team'))
UNION ALL
-- Wuhan cybersecurity 二（五）#8: 20 senior hires from outside since the start who stayed six months
SELECT id, 'wuhan-cybersecurity-2026', 'senior-hires', NULL,
    kind = 'enterprise' AND in_wuhan
    AND CASE WHEN len(list_filter(stayed, lambda s: s)) >= 20 THEN true
             WHEN complete AND len(list_filter(stayed, lambda s: coalesce(s, true))) < 20 THEN false END,
    wan(30), true, 0, 'eligible'
FROM (
    SELECT id, kind, in_wuhan, hire.complete AS complete,
        list_transform(hire.items, lambda h: h.kind = 'senior_title' AND h.from_outside AND h.started >= draft_starts()
            AND h.started + INTERVAL 6 MONTH <= draft_day()
            AND (NOT has(h."left", h.left_none) OR h."left" >= h.started + INTERVAL 6 MONTH)) AS stayed
    FROM applicants
    WHERE NOT hire.complete OR len(hire.items) >= 20
)
UNION ALL
-- Wuhan cybersecurity 三（七）#7
SELECT id, 'wuhan-cybersecurity-2026', 'cnas-cma', NULL,
    wuhan_body(kind) AND in_wuhan
    AND any_of(list_transform(certification.items, lambda c: c.scheme = 'cnas' AND c.granted <= draft_day()), certification.complete)
    AND any_of(list_transform(certification.items, lambda c: c.scheme = 'cma' AND c.granted <= draft_day()), certification.complete)
    AND (none_of(list_transform(certification.items, lambda c: c.scheme = 'cnas' AND c.granted < draft_starts()), certification.complete)
      OR none_of(list_transform(certification.items, lambda c: c.scheme = 'cma' AND c.granted < draft_starts()), certification.complete)),
    wan(20), true, wan(10), 'eligible_up_to'
FROM applicants
WHERE NOT certification.complete OR len(certification.items) > 0
UNION ALL
-- Changsha, plan 三（三）#2.2
SELECT id, 'changsha-cybersecurity-2019', 'talent-green-card', NULL,
    kind = 'person' AND security
    AND any_of(list_transform(recognition.items, lambda o: o.title IN
        ('international_top_talent', 'national_leading_talent', 'local_leading_talent', 'urgent_talent')), recognition.complete),
    NULL, true, 0, 'amount_not_stated'
FROM applicants
WHERE may(kind IN ('person', 'team'))
UNION ALL
-- Changsha, plan 三（三）#3
SELECT id, 'changsha-cybersecurity-2019', 'team-relocation', NULL,
    kind = 'team' AND security AND leading_firm AND has(settled, settled_none) AND settled <= changsha_day(),
    NULL, true, 0, 'amount_not_stated'
FROM applicants
WHERE may(kind IN ('person', 'team'))
UNION ALL
-- Industrial-internet fund 第五条（一）3#1: 10% of two calendar years' income, which may lack a year
SELECT id, 'wuhan-industrial-internet-fund', 'security-service', NULL,
    fit AND CASE WHEN known >= wan(300) THEN true WHEN whole THEN false END,
    CASE WHEN whole THEN capped(known, 10, wan(100)) ELSE wan(100) END,
    whole OR part(known, 10) >= wan(100), 0, 'eligible_up_to'
FROM (
    SELECT id,
        kind IN ('enterprise', 'institution', 'research_institute', 'university', 'vocational_school')
        AND list_contains(fields, 'industrial_security') AND in_good_standing AS fit,
        list_filter(year.items, lambda y: y.year >= 2023 AND y.year < 2025) AS years,
        year.complete AND len(list_filter(years, lambda y: y.security_income IS NULL)) = 0 AS whole,
        coalesce(list_sum(list_transform(years, lambda y: y.security_income)), 0)::BIGINT AS known
    FROM applicants
    WHERE list_contains(fields, 'industrial_security') IS NOT FALSE
)
