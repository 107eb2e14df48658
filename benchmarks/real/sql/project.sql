-- Measures that rest on a project.
WITH held AS (
    SELECT id AS applicant, kind, size, in_wuhan, in_chengdu, in_changsha AND taxed_in_changsha AND security AS changsha_fit, legal_person,
        security, manufacturing, leading_firm,
        any_of(list_transform(recognition.items, lambda o: o.title = 'above_scale'), recognition.complete) AS above_scale,
        any_of(list_transform(recognition.items, lambda o: o.title IN ('national_leading_talent', 'local_leading_talent')),
            recognition.complete) AS leading_talent,
        list_transform(project.items, lambda p: coalesce(p.programme, '?')) AS others,
        unnest(if(project.complete, project.items, list_append(project.items, NULL))) AS p
    FROM applicants
)
-- Wuhan digital economy 二（一）#1
SELECT applicant, 'wuhan-digital-economy-2022' AS policy, 'core-technology' AS measure, p.id AS record,
    kind IN ('university', 'research_institute', 'enterprise') AND speaks(p.id, p.programme, others, ['core_technology'])
    AND in_wuhan AND in_digital(p.approved) AS holds,
    wan(3000) AS most, true AS settled, 0::BIGINT AS lowest, 'eligible_up_to' AS verdict
FROM held
UNION ALL
-- 二（三）#2
SELECT applicant, 'wuhan-digital-economy-2022', 'national-platform', p.id,
    wuhan_body(kind) AND speaks(p.id, p.programme, others, ['national_platform']) AND in_digital(p.approved) AND in_city(p.division, '4201'),
    NULL, true, 0, 'case_by_case'
FROM held
UNION ALL
-- 二（五）#1
SELECT applicant, 'wuhan-digital-economy-2022', 'major-manufacturing', p.id,
    kind = 'enterprise' AND speaks(p.id, p.programme, others, ['opto_chip_factory']) AND in_digital(p.approved)
    AND p.newly_introduced AND p.total_investment >= wan(100000),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 三（一）#1: built within two years, counted to the day of application while it is not complete
SELECT applicant, 'wuhan-digital-economy-2022', 'intelligent-upgrade', p.id,
    kind = 'enterprise' AND speaks(p.id, p.programme, others, ['intelligent_upgrade']) AND in_wuhan AND in_digital(p.approved)
    AND manufacturing AND if(p.completed_none, digital_day(), p.completed) <= p.started + INTERVAL 2 YEAR AND p.equipment >= wan(500),
    capped(p.production_equipment + p.rnd_spend, 8, wan(1000)),
    p.production_equipment + p.rnd_spend IS NOT NULL
    OR part(coalesce(p.production_equipment, 0) + coalesce(p.rnd_spend, 0), 8) >= wan(1000), 0, 'eligible'
FROM held
UNION ALL
-- 三（二）#2
SELECT applicant, 'wuhan-digital-economy-2022', 'cloud-voucher', p.id,
    kind = 'enterprise' AND speaks(p.id, p.programme, others, ['cloud_service']) AND in_digital(p.approved) AND in_wuhan AND size IN ('small', 'micro'),
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 三（五）#2
SELECT applicant, 'wuhan-digital-economy-2022', 'digital-building', p.id,
    wuhan_body(kind) AND speaks(p.id, p.programme, others, ['digital_building']) AND in_wuhan AND in_digital(p.approved) AND p.standards_met,
    NULL, true, 0, 'amount_not_stated'
FROM held
UNION ALL
-- 三（六）#1
SELECT applicant, 'wuhan-digital-economy-2022', 'open-challenge', p.id,
    (wuhan_body(kind) OR kind = 'consortium') AND speaks(p.id, p.programme, others, ['open_challenge']) AND in_digital(p.approved) AND in_wuhan
    AND has(p.passed, p.passed_none) AND p.passed <= digital_day() AND p.role <> 'member',
    capped(p.invested, 30, wan(200)), p.invested IS NOT NULL, 0, 'eligible'
FROM held
UNION ALL
-- Chengdu 一（一）#1 and #2: half of the state's money, with all public money within the total investment
SELECT applicant, 'chengdu-cybersecurity-2020', 'national-project-match', p.id,
    chengdu_body(kind) AND speaks(p.id, p.programme, others, ['national_security']) AND p.role IN ('lead', 'developer', 'member')
    AND legal_person AND security AND in_chengdu AND p.approved <= chengdu_day()
    AND has(p.passed, p.passed_none) AND p.passed <= chengdu_day() AND p.on_time AND p.role <> 'member'
    AND (NOT has(p.passed, p.passed_none) OR p.passed >= chengdu_starts()),
    -- where the state prescribes a ratio, or may, the text has no figure
    CASE WHEN NOT p.national_ratio_set THEN greatest(0, least(part(p.national_funding, 50), wan(1000),
        p.total_investment - coalesce(p.national_funding, 0) - coalesce(p.provincial_funding, 0) - coalesce(p.municipal_funding, 0))) END,
    p.national_ratio_set OR (NOT p.national_ratio_set
        AND p.national_funding + p.provincial_funding + p.municipal_funding + p.total_investment IS NOT NULL), 0,
    if(p.national_ratio_set, 'amount_not_stated', 'eligible')
FROM held
UNION ALL
-- 二（六）#1
SELECT applicant, 'chengdu-cybersecurity-2020', 'course-adjustment', p.id,
    kind IN ('university', 'vocational_school') AND speaks(p.id, p.programme, others, ['course_adjustment']) AND legal_person
    AND in_chengdu_time(p.approved) AND in_chengdu,
    wan(2000), true, 0, 'eligible_up_to'
FROM held
UNION ALL
-- 二（六）#2: by default the school is paid, its partner is in the statistics list
SELECT applicant, 'chengdu-cybersecurity-2020', 'training-base', p.id,
    kind IN ('university', 'vocational_school', 'enterprise') AND speaks(p.id, p.programme, others, ['training_base']) AND legal_person
    AND in_chengdu_time(p.approved) AND in_chengdu AND kind <> 'enterprise'
    AND CASE WHEN kind IS NOT NULL THEN if(kind = 'enterprise', above_scale, p.partner_above_scale)
             WHEN above_scale = p.partner_above_scale THEN above_scale END,
    wan(100), true, 0, 'eligible_up_to'
FROM held
UNION ALL
-- 四（十四）#1 and #2
SELECT applicant, 'chengdu-cybersecurity-2020', 'security-demonstration', p.id,
    kind = 'enterprise' AND speaks(p.id, p.programme, others, ['security_demo']) AND legal_person AND in_chengdu AND in_chengdu_time(p.approved),
    capped(p.invested, 20, wan(300)), p.invested IS NOT NULL, 0, 'competitive_up_to'
FROM held
UNION ALL
-- Wuhan cybersecurity 一（二）#1
SELECT applicant, 'wuhan-cybersecurity-2026', 'major-science-project', p.id,
    wuhan_body(kind) AND speaks(p.id, p.programme, others, ['municipal_major']) AND in_wuhan AND in_draft(p.approved)
    AND list_contains(p.fields, 'cybersecurity'),
    wan(2000), true, 0, 'eligible_up_to'
FROM held
UNION ALL
-- 一（二）#2
SELECT applicant, 'wuhan-cybersecurity-2026', 'key-rnd-project', p.id,
    wuhan_body(kind) AND speaks(p.id, p.programme, others, ['municipal_key_rnd']) AND in_wuhan AND in_draft(p.approved)
    AND list_contains(p.fields, 'cybersecurity'),
    wan(100), true, 0, 'eligible_up_to'
FROM held
UNION ALL
-- 二（五）#4
SELECT applicant, 'wuhan-cybersecurity-2026', 'ai-scenario', p.id,
    wuhan_body(kind) AND speaks(p.id, p.programme, others, ['scenario_demo']) AND p.role = 'lead' AND in_wuhan AND in_draft(p.approved)
    AND list_contains(p.fields, 'cybersecurity') AND list_contains(p.fields, 'artificial_intelligence'),
    capped(p.invested, 30, wan(100)), p.invested IS NOT NULL, 0, 'competitive_up_to'
FROM held
UNION ALL
-- Changsha 二（四）#2
SELECT applicant, 'changsha-cybersecurity-2019', 'leading-firm-arrival', p.id,
    kind = 'enterprise' AND speaks(p.id, p.programme, others, ['leading_firm_arrival']) AND changsha_fit AND in_changsha_time(p.approved)
    AND leading_firm AND p.funds_arrived >= wan(10000) AND p.schedule_met,
    capped(p.invested, 10, wan(5000)), p.invested IS NOT NULL, 0, 'eligible'
FROM held
UNION ALL
-- 二（五）#2
SELECT applicant, 'changsha-cybersecurity-2019', 'talent-team-project', p.id,
    kind IN ('person', 'team') AND speaks(p.id, p.programme, others, ['talent_project']) AND in_changsha_time(p.approved) AND security AND leading_talent,
    wan(1000), true, 0, 'case_by_case'
FROM held
UNION ALL
-- 二（五）#3
SELECT applicant, 'changsha-cybersecurity-2019', 'major-contribution-project', p.id,
    kind IN ('person', 'team') AND speaks(p.id, p.programme, others, ['talent_project']) AND in_changsha_time(p.approved) AND security,
    wan(10000), true, 0, 'case_by_case'
FROM held
UNION ALL
-- 二（五）#5.4
SELECT applicant, 'changsha-cybersecurity-2019', 'startup-team-fund', p.id,
    kind = 'team' AND speaks(p.id, p.programme, others, ['startup']) AND in_changsha_time(p.approved) AND security
    AND p.military_civil_founder AND in_city(p.division, '4301'),
    wan(100), true, 0, 'eligible'
FROM held
UNION ALL
-- 二（七）#1
SELECT applicant, 'changsha-cybersecurity-2019', 'key-project', p.id,
    kind = 'enterprise' AND speaks(p.id, p.programme, others, ['new_build', 'technical_upgrade']) AND changsha_fit AND in_changsha_time(p.approved)
    AND p.total_investment >= wan(5000),
    capped(p.invested, 10, wan(500)), p.invested IS NOT NULL, 0, 'competitive_up_to'
FROM held
UNION ALL
-- 二（七）#2
SELECT applicant, 'changsha-cybersecurity-2019', 'major-industrial-project', p.id,
    kind = 'enterprise' AND speaks(p.id, p.programme, others, ['major_industry']) AND changsha_fit AND in_changsha_time(p.approved),
    NULL, true, 0, 'case_by_case'
FROM held
UNION ALL
-- 二（九）#2
SELECT applicant, 'changsha-cybersecurity-2019', 'pk-demonstration', p.id,
    kind IN ('enterprise', 'research_institute', 'platform_operator') AND speaks(p.id, p.programme, others, ['pk_demonstration'])
    AND changsha_fit AND in_changsha_time(p.approved) AND p.role = 'lead',
    capped(p.rnd_spend, 30, wan(500)), p.rnd_spend IS NOT NULL, 0, 'competitive_up_to'
FROM held
UNION ALL
-- Changsha, plan 三（三）#1.2
SELECT applicant, 'changsha-cybersecurity-2019', 'plan-talent-projects', p.id,
    kind IN ('person', 'team') AND speaks(p.id, p.programme, others, ['talent_project']) AND in_changsha_time(p.approved) AND security,
    NULL, true, 0, 'case_by_case'
FROM held
