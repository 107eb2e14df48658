-- Measures that rest on a certificate.
WITH held AS (
    SELECT id AS applicant, kind, in_wuhan, employed_in_chengdu, software, manufacturing,
        list_contains(fields, 'information_service') AS information, certification.complete AS complete, certification.items AS items,
        list_transform(certification.items, lambda c: coalesce(c.scheme, '?')) AS others,
        unnest(if(certification.complete, certification.items, list_append(certification.items, NULL))) AS c
    FROM applicants
)
-- Wuhan digital economy 二（六）#3
SELECT applicant, 'wuhan-digital-economy-2022' AS policy, 'software-dcmm' AS measure, c.id AS record,
    kind = 'enterprise' AND speaks(c.id, c.scheme, others, ['dcmm']) AND in_wuhan AND in_digital(c.granted) AND software AND first_of_scheme_and_level(c, items, complete) AS holds,
    wan(CASE c.level WHEN 3 THEN 20 WHEN 4 THEN 30 WHEN 5 THEN 50 ELSE if(c.level IS NULL, 50, 0) END) AS most,
    c.level IS NOT NULL AS settled, 0::BIGINT AS lowest, 'eligible' AS verdict
FROM held
UNION ALL
-- Chengdu 二（七）#1
SELECT applicant, 'chengdu-cybersecurity-2020', 'personal-certification', c.id,
    kind = 'person' AND speaks(c.id, c.scheme, others, ['cissp', 'cisp', 'white_hat', 'other_security']) AND in_chengdu_time(c.granted)
    AND employed_in_chengdu AND (c.scheme = 'other_security' OR first_of_scheme(c, items, complete)),
    part(c.fee, 50), c.fee IS NOT NULL, 0, 'eligible_up_to'
FROM held
UNION ALL
-- Wuhan cybersecurity 三（七）#5
SELECT applicant, 'wuhan-cybersecurity-2026', 'ccrc', c.id,
    kind = 'enterprise' AND speaks(c.id, c.scheme, others, ['ccrc']) AND in_wuhan AND in_draft(c.granted) AND first_of_scheme_and_level(c, items, complete),
    wan(CASE c.level WHEN 3 THEN 10 WHEN 2 THEN 15 WHEN 1 THEN 20 ELSE if(c.level IS NULL, 20, 0) END), c.level IS NOT NULL, 0, 'eligible'
FROM held
UNION ALL
-- 三（七）#6
SELECT applicant, 'wuhan-cybersecurity-2026', 'dcmm', c.id,
    kind = 'enterprise' AND speaks(c.id, c.scheme, others, ['dcmm']) AND in_wuhan AND in_draft(c.granted)
    AND (manufacturing OR software OR information) AND first_of_scheme_and_level(c, items, complete),
    wan(CASE c.level WHEN 3 THEN 20 WHEN 4 THEN 30 WHEN 5 THEN 50 ELSE if(c.level IS NULL, 50, 0) END), c.level IS NOT NULL, 0, 'eligible'
FROM held
UNION ALL
-- 四（九）#1
SELECT applicant, 'wuhan-cybersecurity-2026', 'white-hat', c.id,
    kind = 'person' AND speaks(c.id, c.scheme, others, ['white_hat']) AND in_draft(c.granted) AND c.in_base AND first_of_scheme_and_level(c, items, complete),
    CASE c.level WHEN 1 THEN 200000 WHEN 2 THEN 500000 WHEN 3 THEN 800000 ELSE if(c.level IS NULL, 800000, 0) END, c.level IS NOT NULL, 0, 'eligible'
FROM held
