-- What the queries share: days, places, sums, and the logic of facts that are not known.
-- A yes/no is true, false or NULL (not known); SQL's own AND, OR and NOT are Kleene's.

-- The days: of application, and the first in force of each policy (drafts as if adopted on 2023-01-01).
CREATE MACRO digital_day() AS DATE '2025-05-31';
CREATE MACRO digital_starts() AS DATE '2022-06-01';
CREATE MACRO chengdu_day() AS DATE '2024-01-20';
CREATE MACRO chengdu_starts() AS DATE '2021-01-21';
CREATE MACRO draft_day() AS DATE '2025-05-31';
CREATE MACRO draft_starts() AS DATE '2023-01-01';
CREATE MACRO changsha_day() AS DATE '2022-07-31';
CREATE MACRO changsha_starts() AS DATE '2019-08-01';

-- Whether an event lies between a policy's first day and the day of application.
CREATE MACRO in_digital(event) AS event BETWEEN digital_starts() AND digital_day();
CREATE MACRO in_chengdu_time(event) AS event BETWEEN chengdu_starts() AND chengdu_day();
CREATE MACRO in_draft(event) AS event BETWEEN draft_starts() AND draft_day();
CREATE MACRO in_changsha_time(event) AS event BETWEEN changsha_starts() AND changsha_day();
CREATE MACRO year_end(year) AS make_date(year, 12, 31);

-- Whether a division lies in a city given by the first four digits of its code; a province's code leaves it open.
CREATE MACRO in_city(division, city) AS
    CASE WHEN division IS NULL THEN NULL
         WHEN division[1:4] = city THEN true
         WHEN division = city[1:2] || '0000' THEN NULL
         ELSE false END;

-- Whether an optional fact is there: `none` says that it is known not to be.
CREATE MACRO has(fact, none) AS CASE WHEN fact IS NOT NULL THEN true WHEN none THEN false END;

-- Every kind that can be a legal person, as the Wuhan and the Chengdu policies have it.
CREATE MACRO wuhan_body(kind) AS kind IN (
    'enterprise', 'institution', 'research_institute', 'university', 'vocational_school', 'association', 'nonprofit',
    'park', 'platform_operator');
CREATE MACRO chengdu_body(kind) AS kind IN (
    'enterprise', 'institution', 'research_institute', 'university', 'vocational_school', 'association', 'nonprofit',
    'platform_operator');

-- Whether something may hold: to leave rows out early.
CREATE MACRO may(truth) AS truth IS NOT FALSE;

-- Any and none over a list of yes/nos, which may lack records.
CREATE MACRO any_of(truths, complete) AS
    CASE WHEN list_contains(truths, true) THEN true
         WHEN complete AND len(list_filter(truths, lambda t: t IS NULL)) = 0 THEN false END;
CREATE MACRO none_of(truths, complete) AS NOT any_of(truths, complete);

-- Which record a measure speaks of. A record without id stands for one that the list may lack: the measure may
-- speak of it if it speaks of none of the list's own, whose words are `others` ('?' for one not known).
CREATE MACRO speaks(id, word, others, words) AS
    CASE WHEN id IS NOT NULL THEN CASE WHEN word IS NOT NULL THEN list_contains(words, word) END
         WHEN list_has_any(others, list_append(words, '?')) THEN false END;
CREATE MACRO listed(id) AS CASE WHEN id IS NOT NULL THEN true END;

-- Whether a title or certificate is the first of its kind: none of the list's others is like it and earlier. Of two
-- on one day that with the lower id is first.
CREATE MACRO earlier(other, own) AS other.granted < own.granted OR (other.granted = own.granted AND other.id < own.id);
CREATE MACRO first_of_title(r, items, complete) AS CASE WHEN r.id IS NOT NULL THEN none_of(
    list_transform(items, lambda o: o.id <> r.id AND o.title = r.title AND earlier(o, r)), complete) END;
CREATE MACRO first_of_title_and_level(r, items, complete) AS CASE WHEN r.id IS NOT NULL THEN none_of(
    list_transform(items, lambda o: o.id <> r.id AND o.title = r.title AND o.level = r.level AND earlier(o, r)), complete) END;
CREATE MACRO first_of_title_and_platform(r, items, complete) AS CASE WHEN r.id IS NOT NULL THEN none_of(
    list_transform(items, lambda o: o.id <> r.id AND o.title = r.title
        AND if(o.platform_none, '', o.platform) = if(r.platform_none, '', r.platform) AND earlier(o, r)), complete) END;
CREATE MACRO first_of_scheme(c, items, complete) AS CASE WHEN c.id IS NOT NULL THEN none_of(
    list_transform(items, lambda o: o.id <> c.id AND o.scheme = c.scheme AND earlier(o, c)), complete) END;
CREATE MACRO first_of_scheme_and_level(c, items, complete) AS CASE WHEN c.id IS NOT NULL THEN none_of(
    list_transform(items, lambda o: o.id <> c.id AND o.scheme = c.scheme AND o.level = c.level AND earlier(o, c)), complete) END;

-- Sums in fen. Multiplied first and divided as integers, rounded down; `//` of DECIMAL would be a double.
-- A sum not known lies between nothing and the cap: LEAST leaves NULL out.
CREATE MACRO wan(yuan) AS yuan * 1000000::BIGINT;
CREATE MACRO part(fen, percent) AS ((fen::HUGEINT * percent) // 100)::BIGINT;
CREATE MACRO capped(fen, percent, cap) AS least(part(fen, percent), cap);
