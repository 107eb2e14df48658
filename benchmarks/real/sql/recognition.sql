-- Measures that rest on a title.
WITH held AS (
    SELECT id AS applicant, kind, in_wuhan, in_chengdu, in_changsha, employed_in_wuhan, legal_person, security, settled, settled_none,
        fit_for_fund, recognition.complete AS complete, recognition.items AS items,
        list_transform(recognition.items, lambda o: coalesce(o.title, '?')) AS others,
        unnest(if(recognition.complete, recognition.items, list_append(recognition.items, NULL))) AS r
    FROM applicants
)
-- Wuhan digital economy 一（三）#2
SELECT applicant, 'wuhan-digital-economy-2022' AS policy, 'cross-industry-platform' AS measure, r.id AS record,
    kind = 'enterprise' AND speaks(r.id, r.title, others, ['cross_industry_platform']) AND in_wuhan AND in_digital(r.granted) AND first_of_title(r, items, complete) AS holds,
    wan(500) AS most, true AS settled, 0::BIGINT AS lowest, 'eligible' AS verdict
FROM held
UNION ALL
-- 二（七）#1
SELECT applicant, 'wuhan-digital-economy-2022', 'star-park', r.id,
    kind = 'park' AND speaks(r.id, r.title, others, ['star_park']) AND in_wuhan AND in_digital(r.granted),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 二（七）#2
SELECT applicant, 'wuhan-digital-economy-2022', 'famous-software-park', r.id,
    kind = 'park' AND speaks(r.id, r.title, others, ['famous_software_park']) AND in_wuhan AND in_digital(r.granted) AND first_of_title(r, items, complete),
    wan(300), true, 0, 'eligible'
FROM held
UNION ALL
-- 三（一）#3
SELECT applicant, 'wuhan-digital-economy-2022', 'lighthouse-factory', r.id,
    kind = 'enterprise' AND speaks(r.id, r.title, others, ['lighthouse_factory']) AND in_wuhan AND in_digital(r.granted) AND first_of_title(r, items, complete),
    wan(1000), true, 0, 'eligible'
FROM held
UNION ALL
SELECT applicant, 'wuhan-digital-economy-2022', 'benchmark-factory', r.id,
    kind = 'enterprise' AND speaks(r.id, r.title, others, ['benchmark_smart_factory']) AND in_wuhan AND in_digital(r.granted) AND first_of_title(r, items, complete),
    wan(500), true, 0, 'eligible'
FROM held
UNION ALL
SELECT applicant, 'wuhan-digital-economy-2022', 'smart-upgrade-demo', r.id,
    kind = 'enterprise' AND speaks(r.id, r.title, others, ['smart_upgrade_demo']) AND in_wuhan AND in_digital(r.granted) AND first_of_title(r, items, complete),
    wan(200), true, 0, 'eligible'
FROM held
UNION ALL
-- 三（二）#1
SELECT applicant, 'wuhan-digital-economy-2022', 'cloud-provider', r.id,
    kind = 'enterprise' AND speaks(r.id, r.title, others, ['excellent_cloud_provider']) AND in_wuhan AND in_digital(r.granted),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 三（三）#1
SELECT applicant, 'wuhan-digital-economy-2022', 'service-leader', r.id,
    kind = 'enterprise' AND speaks(r.id, r.title, others, ['service_digital_leader']) AND in_wuhan AND in_digital(r.granted),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 三（三）#2
SELECT applicant, 'wuhan-digital-economy-2022', 'featured-platform', r.id,
    wuhan_body(kind) AND speaks(r.id, r.title, others, ['featured_platform']) AND in_wuhan AND in_digital(r.granted) AND first_of_title(r, items, complete),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 三（三）#3
SELECT applicant, 'wuhan-digital-economy-2022', 'ecommerce-demonstration', r.id,
    kind IN ('enterprise', 'park', 'platform_operator') AND speaks(r.id, r.title, others, ['ecommerce_base', 'ecommerce_firm'])
    AND in_wuhan AND in_digital(r.granted) AND r.level IN ('national', 'provincial'),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 三（三）#4
SELECT applicant, 'wuhan-digital-economy-2022', 'ito-fusion', r.id,
    kind = 'enterprise' AND speaks(r.id, r.title, others, ['ito_fusion_firm']) AND in_wuhan AND in_digital(r.granted)
    AND r.level = 'national' AND first_of_title(r, items, complete),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 五（二）#1
SELECT applicant, 'wuhan-digital-economy-2022', 'talent-plans', r.id,
    kind = 'person' AND speaks(r.id, r.title, others, ['city_talent_plan']) AND in_digital(r.granted) AND employed_in_wuhan
    AND list_contains(r.fields, 'digital_economy'),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- Chengdu 一（二）#1
SELECT applicant, 'chengdu-cybersecurity-2020', 'innovation-platform', r.id,
    kind = 'enterprise'
    AND speaks(r.id, r.title, others, ['enterprise_technology_center', 'engineering_center', 'key_laboratory', 'crypto_testing_body', 'xinchuang_base'])
    AND legal_person AND security AND in_chengdu AND in_chengdu_time(r.granted) AND r.level = 'national',
    wan(300), true, 0, 'eligible_up_to'
FROM held
UNION ALL
-- 一（二）#2
SELECT applicant, 'chengdu-cybersecurity-2020', 'national-centre-match', r.id,
    chengdu_body(kind)
    AND speaks(r.id, r.title, others, ['industry_innovation_center', 'technology_innovation_center', 'manufacturing_innovation_center'])
    AND legal_person AND security AND in_chengdu AND in_chengdu_time(r.granted)
    AND (r.title <> 'technology_innovation_center' OR r.level = 'national') AND (first_of_title(r, items, complete) OR first_of_title_and_platform(r, items, complete)),
    part(r.national_support, 50), r.national_support IS NOT NULL, 0, 'eligible'
FROM held
UNION ALL
-- 一（三）#1
SELECT applicant, 'chengdu-cybersecurity-2020', 'research-institution', r.id,
    chengdu_body(kind) AND speaks(r.id, r.title, others, ['research_institution']) AND legal_person AND in_chengdu AND in_chengdu_time(r.granted)
    AND (list_contains(r.fields, 'cybersecurity') OR security),
    wan(200), true, 0, 'eligible_up_to'
FROM held
UNION ALL
-- 二（五）#1
SELECT applicant, 'chengdu-cybersecurity-2020', 'talent-subsidy', r.id,
    kind = 'person' AND speaks(r.id, r.title, others, ['chengdu_talent_plan']) AND in_chengdu_time(r.granted)
    AND (list_contains(r.fields, 'cybersecurity') OR security),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 四（十二）#1
SELECT applicant, 'chengdu-cybersecurity-2020', 'security-pilot', r.id,
    kind = 'enterprise' AND speaks(r.id, r.title, others, ['security_pilot']) AND legal_person AND security AND in_chengdu AND in_chengdu_time(r.granted),
    wan(50), true, 0, 'eligible_up_to'
FROM held
UNION ALL
-- Wuhan cybersecurity 一（一）#1
SELECT applicant, 'wuhan-cybersecurity-2026', 'innovation-platform', r.id,
    wuhan_body(kind) AND speaks(r.id, r.title, others, ['key_laboratory', 'industry_innovation_center', 'technology_innovation_center'])
    AND in_wuhan AND in_draft(r.granted) AND list_contains(r.fields, 'cybersecurity')
    AND (r.title <> 'technology_innovation_center' OR r.level = 'national'),
    wan(1000), true, 0, 'eligible'
FROM held
UNION ALL
-- 二（三）#2
SELECT applicant, 'wuhan-cybersecurity-2026', 'security-park', r.id,
    kind = 'park' AND speaks(r.id, r.title, others, ['security_park']) AND in_wuhan AND in_draft(r.granted),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 二（四）#1
SELECT applicant, 'wuhan-cybersecurity-2026', 'above-scale', r.id,
    kind = 'enterprise' AND speaks(r.id, r.title, others, ['above_scale']) AND in_wuhan AND in_draft(r.granted) AND security AND first_of_title(r, items, complete),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 二（四）#2
SELECT applicant, 'wuhan-cybersecurity-2026', 'little-giant', r.id,
    kind = 'enterprise' AND speaks(r.id, r.title, others, ['little_giant']) AND in_wuhan AND in_draft(r.granted) AND security AND first_of_title(r, items, complete),
    wan(50), true, 0, 'eligible_up_to'
FROM held
UNION ALL
-- 四（八）#1
SELECT applicant, 'wuhan-cybersecurity-2026', 'talent-plan', r.id,
    kind = 'person' AND speaks(r.id, r.title, others, ['city_talent_plan']) AND in_draft(r.granted) AND r.nominated
    AND list_contains(r.fields, 'cybersecurity') AND employed_in_wuhan,
    wan(100), true, 0, 'eligible_up_to'
FROM held
UNION ALL
-- Changsha 二（三）#1
SELECT applicant, 'changsha-cybersecurity-2019', 'demonstration-park', r.id,
    kind = 'park' AND speaks(r.id, r.title, others, ['demonstration_park']) AND in_changsha AND security AND in_changsha_time(r.granted)
    AND r.level = 'municipal',
    wan(1000), true, 0, 'eligible_up_to'
FROM held
UNION ALL
-- 二（五）#1
SELECT applicant, 'changsha-cybersecurity-2019', 'leading-talent-award', r.id,
    kind = 'person' AND speaks(r.id, r.title, others, ['international_top_talent', 'national_leading_talent', 'local_leading_talent'])
    AND in_changsha_time(r.granted) AND security,
    wan(CASE r.title WHEN 'national_leading_talent' THEN 150 WHEN 'local_leading_talent' THEN 100 ELSE 200 END), r.title IS NOT NULL, 0, 'eligible'
FROM held
UNION ALL
-- 二（五）#4
SELECT applicant, 'changsha-cybersecurity-2019', 'urgent-talent-award', r.id,
    kind = 'person' AND speaks(r.id, r.title, others, ['urgent_talent']) AND in_changsha_time(r.granted) AND security,
    wan(CASE r.talent_class WHEN 'b' THEN 30 WHEN 'c' THEN 15 ELSE 50 END), r.talent_class IS NOT NULL, 0, 'eligible'
FROM held
UNION ALL
-- 二（五）#5: one of three sums
SELECT applicant, 'changsha-cybersecurity-2019', 'military-civil-talent-award', r.id,
    kind = 'person' AND speaks(r.id, r.title, others, ['military_civil_talent']) AND in_changsha_time(r.granted) AND security
    AND has(settled, settled_none) AND settled <= changsha_day(),
    wan(50), true, wan(15), 'eligible_up_to'
FROM held
UNION ALL
-- Industrial-internet fund 第五条（一）1#1
SELECT applicant, 'wuhan-industrial-internet-fund', 'cross-industry-platform', r.id,
    kind = 'enterprise' AND speaks(r.id, r.title, others, ['cross_industry_platform']) AND fit_for_fund AND in_draft(r.granted) AND first_of_title(r, items, complete),
    wan(500), true, 0, 'eligible'
FROM held
UNION ALL
-- 第五条（一）2#1
SELECT applicant, 'wuhan-industrial-internet-fund', 'national-pilot', r.id,
    wuhan_body(kind) AND speaks(r.id, r.title, others, ['fusion_pilot', 'industrial_internet_pilot', 'double_innovation_pilot'])
    AND fit_for_fund AND in_draft(r.granted) AND r.level = 'national' AND first_of_title_and_level(r, items, complete),
    wan(100), true, 0, 'eligible'
FROM held
