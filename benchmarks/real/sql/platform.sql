-- Measures that rest on a platform.
WITH held AS (
    SELECT id AS applicant, kind, in_wuhan, in_chengdu, in_changsha AND taxed_in_changsha AND security AS changsha_fit, legal_person,
        security, fit_for_fund, list_transform(platform.items, lambda p: coalesce(p.kind, '?')) AS others,
        unnest(if(platform.complete, platform.items, list_append(platform.items, NULL))) AS p
    FROM applicants
)
-- Wuhan digital economy 一（三）#1
SELECT applicant, 'wuhan-digital-economy-2022' AS policy, 'identification-node' AS measure, p.id AS record,
    wuhan_body(kind) AND speaks(p.id, p.kind, others, ['identification_node']) AND in_wuhan AND p.opened <= digital_day() AS holds,
    wan(200) AS most, true AS settled, 0::BIGINT AS lowest, 'competitive_up_to' AS verdict
FROM held
UNION ALL
-- 一（三）#3
SELECT applicant, 'wuhan-digital-economy-2022', 'industry-platform', p.id,
    wuhan_body(kind) AND speaks(p.id, p.kind, others, ['industrial_internet']) AND in_wuhan AND p.opened <= digital_day() AND p.distinctive,
    wan(200), true, 0, 'competitive_up_to'
FROM held
UNION ALL
-- 二（三）#1: the recognition is the event that must lie after the start
SELECT applicant, 'wuhan-digital-economy-2022', 'public-platform', p.id,
    wuhan_body(kind) AND speaks(p.id, p.kind, others, ['public_service', 'open_source']) AND in_wuhan AND p.opened <= digital_day()
    AND list_contains(p.fields, 'digital_economy')
    AND has(p.recognised, p.recognised_none) AND p.recognised <= digital_day() AND p.recognised_level IN ('municipal', 'provincial', 'national')
    AND (NOT has(p.recognised, p.recognised_none) OR p.recognised >= digital_starts()),
    capped(p.software_hardware, 30, wan(500)), p.software_hardware IS NOT NULL, 0, 'eligible'
FROM held
UNION ALL
-- Chengdu 五（十五）#1
SELECT applicant, 'chengdu-cybersecurity-2020', 'public-technology-platform', p.id,
    chengdu_body(kind) AND speaks(p.id, p.kind, others, ['security_technology']) AND p.role = 'builder'
    AND legal_person AND security AND in_chengdu AND in_chengdu_time(p.opened),
    capped(p.build_cost, 30, wan(500)), p.build_cost IS NOT NULL, 0, 'eligible'
FROM held
UNION ALL
-- Wuhan cybersecurity 二（六）#2
SELECT applicant, 'wuhan-cybersecurity-2026', 'pilot-platform', p.id,
    wuhan_body(kind) AND speaks(p.id, p.kind, others, ['pilot_plant']) AND in_wuhan AND p.opened <= draft_day(),
    wan(1000), true, 0, 'competitive_up_to'
FROM held
UNION ALL
-- 三（七）#2
SELECT applicant, 'wuhan-cybersecurity-2026', 'platform-construction', p.id,
    kind IN ('enterprise', 'institution', 'research_institute', 'university', 'vocational_school', 'platform_operator')
    AND speaks(p.id, p.kind, others, ['security_technology']) AND p.role = 'builder' AND in_wuhan AND in_draft(p.opened) AND p.in_base,
    capped(p.build_cost, 30, wan(500)), p.build_cost IS NOT NULL, 0, 'eligible'
FROM held
UNION ALL
-- Changsha 二（二）#1
SELECT applicant, 'changsha-cybersecurity-2019', 'platform-construction', p.id,
    kind IN ('enterprise', 'research_institute', 'platform_operator') AND speaks(p.id, p.kind, others, ['major_public_service'])
    AND changsha_fit AND in_changsha_time(p.opened) AND p.role IN ('lead', 'builder'),
    capped(p.build_cost, 30, wan(500)), p.build_cost IS NOT NULL, 0, 'eligible'
FROM held
UNION ALL
-- Industrial-internet fund 第五条（二）1#1
SELECT applicant, 'wuhan-industrial-internet-fund', 'identification-node', p.id,
    wuhan_body(kind) AND speaks(p.id, p.kind, others, ['identification_node']) AND fit_for_fund AND p.opened <= draft_day()
    AND p.capable_team AND (p.opened >= draft_starts() OR p.since_top_node) AND p.scenarios >= 2 AND p.new_firms >= 100
    AND p.new_registrations >= 100000000 AND p.daily_resolutions >= 600000,
    wan(200), true, 0, 'competitive_up_to'
FROM held
UNION ALL
-- 第五条（二）2#1
SELECT applicant, 'wuhan-industrial-internet-fund', 'industry-platform', p.id,
    (wuhan_body(kind) OR kind = 'consortium') AND speaks(p.id, p.kind, others, ['industrial_internet']) AND fit_for_fund AND p.opened <= draft_day()
    AND has(p.recognised, p.recognised_none) AND p.recognised <= draft_day() AND p.recognised_level = 'municipal'
    AND p.capable_team AND p.full_chain AND p.firms_served > 100 AND p.devices > 5000 AND p.role <> 'member',
    wan(200), true, 0, 'competitive_up_to'
FROM held
