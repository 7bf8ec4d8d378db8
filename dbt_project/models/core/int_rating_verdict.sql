-- Each line of the rating sheets, judged by the regime it was made under.
with
    rating as (select * from {{ ref("stg_forms__rating") }}),

    regime as (select * from {{ ref("dim_regime") }}),

    star_band as (select * from {{ ref("dim_star_band") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    district as (select max(valid_to) as ended_on from unit where unit_level_code = 'district'),

    decided as (
        select
            *,
            coalesce(decision_date, council_date) as decided_on,
            outcome_code is not null
            and outcome_code in ('recognised', 'kept', 'upgraded', 'downgraded')
            or outcome_code is null
            and star is not null
            and (decision_number is not null or decision_date is not null) as is_recognition,
        from rating
    ),

    -- A stated regime, else in the transition of 2026 the dossier's day (QĐ 26/2026/QĐ-TTg Điều 12), else the
    -- decision's, else the council's. In the transition without a dossier's day both regimes may apply.
    placed as (
        select
            decided.*,
            coalesce(
                decided.regime_code,
                if(decided.dossier_date <= older.valid_to, older.regime_code, null),
                of_day.regime_code
            ) as regime_applied_code,
            case
                when decided.regime_code is not null
                then 'stated'
                when older.regime_code is not null
                then if(decided.dossier_date is null, 'transition', 'dossier')
                when of_day.regime_code is not null
                then if(decided.decision_date is null, 'council', 'decision')
            end as regime_basis,
            older.regime_code as regime_older_code,
        from decided
        left join
            regime as of_day
            on decided.decided_on >= of_day.valid_from
            and (of_day.valid_to is null or decided.decided_on <= of_day.valid_to)
        left join
            regime as older
            on decided.decided_on > older.valid_to
            and decided.decided_on
            <= if(decided.cycle_code = 're_rating', older.re_rating_transition_to, older.transition_to)
    ),

    candidate as (
        select *, regime_applied_code as candidate_code,
        from placed
        union all
        select *, regime_older_code as candidate_code,
        from placed
        where regime_basis = 'transition'
    ),

    competent as (
        select
            candidate.*,
            regime.valid_from,
            coalesce(
                if(candidate.cycle_code = 're_rating', regime.re_rating_transition_to, regime.transition_to),
                regime.valid_to
            ) as decided_until,
            regime.part_a_max_point,
            regime.part_b_max_point,
            regime.part_c_max_point,
            case
                candidate.star
                when 3
                then regime.three_star_level_code
                when 4
                then regime.four_star_level_code
                when 5
                then regime.five_star_level_code
            end as competent_level_code,
            star_band.star as band_star,
            district.ended_on as district_ended_on,
        from candidate
        cross join district
        left join regime on candidate.candidate_code = regime.regime_code
        -- the unrounded mean: no rounding rule exists
        left join
            star_band
            on candidate.candidate_code = star_band.regime_code
            and candidate.score_point >= star_band.score_from
            and (
                candidate.score_point < star_band.score_to
                or (star_band.is_upper_inclusive and candidate.score_point = star_band.score_to)
            )
    ),

    judged as (
        select
            *,
            case
                when decided_on is null
                then 'unknown'
                when
                    candidate_code is null
                    or decided_on < valid_from
                    or coalesce(decided_on > decided_until, false)
                then 'fail'
                else 'pass'
            end as regime_verdict,
            case
                when score_point is null or star is null or candidate_code is null
                then 'unknown'
                when band_star is null
                then 'undetermined'
                -- below its band for want of the band's minimum criteria
                when star = band_star or (star < band_star and not coalesce(meets_minimum_criteria, true))
                then 'pass'
                else 'fail'
            end as band_verdict,
            -- Options marked *** to ***** on the scoring sheet are the minimum of the star, whatever the
            -- score.
            case
                when meets_minimum_criteria is null or star is null or not is_recognition
                then 'unknown'
                when meets_minimum_criteria or star < 3 or coalesce(star < band_star, false)
                then 'pass'
                else 'fail'
            end as minimum_verdict,
            case
                when not is_recognition or competent_level_code is null
                then 'unknown'
                when council_level_code = 'district' and decided_on > district_ended_on
                then 'fail'
                -- 1/7 to 5/7/2025: the districts are gone, QĐ 1489/QĐ-TTg is not signed; nobody is named
                when competent_level_code = 'district' and decided_on > district_ended_on
                then 'undetermined'
                -- from a central result below five stars the province recognises three or four
                when
                    council_level_code = competent_level_code or (council_level_code = 'central' and star < 5)
                then 'pass'
                else 'fail'
            end as authority_verdict,
            case
                when candidate_code is null
                then 'unknown'
                when
                    score_part_a_point > part_a_max_point
                    or score_part_b_point > part_b_max_point
                    or score_part_c_point > part_c_max_point
                then 'fail'
                when score_part_a_point + score_part_b_point + score_part_c_point is null
                then 'unknown'
                else 'pass'
            end as part_verdict,
        from competent
    ),

    final as (
        select
            _submission_id,
            _sheet,
            _row_number,
            any_value(decided_on) as decided_on,
            any_value(regime_applied_code) as regime_applied_code,
            any_value(regime_basis) as regime_basis,
            any_value(is_recognition) as is_recognition,
            any_value(band_star) filter (candidate_code = regime_applied_code) as star_expected,
            any_value(competent_level_code) filter (
                candidate_code = regime_applied_code
            ) as competent_level_code,
            {{ best_verdict("regime_verdict") }} as regime_verdict_code,
            {{ best_verdict("band_verdict") }} as band_verdict_code,
            {{ best_verdict("minimum_verdict") }} as minimum_verdict_code,
            {{ best_verdict("authority_verdict") }} as authority_verdict_code,
            {{ best_verdict("part_verdict") }} as part_verdict_code,
        from judged
        group by _submission_id, _sheet, _row_number
    )

select *
from final
