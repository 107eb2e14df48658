-- Measures that rest on a test.
WITH held AS (
    SELECT id AS applicant, kind, in_wuhan, in_chengdu, legal_person, security,
        list_transform(testing.items, lambda t: coalesce(t.kind, '?')) AS others,
        unnest(if(testing.complete, testing.items, list_append(testing.items, NULL))) AS t
    FROM applicants
)
-- Chengdu 三（八）#1
SELECT applicant, 'chengdu-cybersecurity-2020' AS policy, 'product-security' AS measure, t.id AS record,
    chengdu_body(kind) AND speaks(t.id, t.kind, others, ['product_security']) AND t.role = 'client' AND legal_person AND security
    AND in_chengdu AND in_chengdu_time(t.finished) AND t.third_party AND t.passed AS holds,
    capped(t.fee, 50, wan(100)) AS most, t.fee IS NOT NULL AS settled, 0::BIGINT AS lowest, 'eligible_up_to' AS verdict
FROM held
UNION ALL
-- 三（九）#1
SELECT applicant, 'chengdu-cybersecurity-2020', 'xinchuang-testing', t.id,
    chengdu_body(kind) AND speaks(t.id, t.kind, others, ['xinchuang']) AND t.role = 'client' AND legal_person AND security
    AND in_chengdu AND in_chengdu_time(t.finished) AND t.third_party AND t.passed,
    capped(t.fee, 50, wan(50)), t.fee IS NOT NULL, 0, 'eligible_up_to'
FROM held
UNION ALL
-- 三（十）#1
SELECT applicant, 'chengdu-cybersecurity-2020', 'crypto-product', t.id,
    chengdu_body(kind) AND speaks(t.id, t.kind, others, ['crypto_product']) AND t.role = 'client' AND legal_person AND security
    AND in_chengdu AND in_chengdu_time(t.finished) AND t.third_party AND t.passed,
    capped(t.fee, 50, wan(100)), t.fee IS NOT NULL, 0, 'eligible_up_to'
FROM held
UNION ALL
-- 四（十三）#1
SELECT applicant, 'chengdu-cybersecurity-2020', 'system-assessment', t.id,
    kind = 'enterprise' AND speaks(t.id, t.kind, others, ['system']) AND t.role = 'client' AND legal_person
    AND in_chengdu AND in_chengdu_time(t.finished) AND t.third_party,
    capped(t.fee, 50, wan(200)), t.fee IS NOT NULL, 0, 'eligible_up_to'
FROM held
UNION ALL
-- Wuhan cybersecurity 三（七）#1
SELECT applicant, 'wuhan-cybersecurity-2026', 'supply-chain-test', t.id,
    kind = 'enterprise' AND speaks(t.id, t.kind, others, ['supply_chain']) AND in_wuhan AND in_draft(t.finished)
    AND t.role IN ('client', 'developer'),
    capped(t.fee, 50, wan(10)), t.fee IS NOT NULL, 0, 'eligible'
FROM held
