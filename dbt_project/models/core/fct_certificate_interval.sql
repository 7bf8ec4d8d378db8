with
    product_status as (select * from {{ ref("fct_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    period as (select * from {{ ref("dim_period") }}),

    regime as (select * from {{ ref("dim_regime") }}),

    told as (
        select product_status.*, period.cut_off_on,
        from product_status
        inner join period on product_status.period_code = period.period_code
    ),

    -- Every dated decision that a product sheet or a rating sheet names.
    statement as (
        select
            product_key,
            star,
            decision_date,
            if(recognised_on = decision_date, decision_number, null) as decision_number,
            null as regime_code,
            null as outcome_code,
            cut_off_on,
            false as is_rating,
        from told
        where decision_date is not null and is_cumulative and coalesce(star, 3) >= 3
        union all
        select
            rating.product_key,
            rating.star,
            rating.decision_date,
            rating.decision_number,
            rating.regime_applied_code,
            rating.outcome_code,
            period.cut_off_on,
            true,
        from rating
        inner join period on rating.period_code = period.period_code
        where rating.decision_date is not null and rating.is_recognition and coalesce(rating.star, 3) >= 3
    ),

    -- A number is given once a year: one number and year is one decision, and the day told last stands.
    numbered as (
        select
            product_key,
            lower(decision_number) as number_key,
            year(decision_date) as decision_year,
            arg_max(decision_date, (cut_off_on, is_rating, decision_date)) as decision_date,
        from statement
        where decision_number is not null
        group by all
    ),

    decision as (
        select
            statement.product_key,
            coalesce(numbered.decision_date, statement.decision_date) as decision_date,
            arg_max(statement.star, (statement.is_rating, statement.cut_off_on, statement.star)) filter (
                statement.star is not null
            ) as star,
            arg_max(
                statement.decision_number,
                (statement.is_rating, statement.cut_off_on, statement.decision_number)
            ) filter (statement.decision_number is not null) as decision_number,
            arg_max(statement.regime_code, (statement.cut_off_on, statement.regime_code)) filter (
                statement.regime_code is not null
            ) as regime_code,
            arg_max(statement.outcome_code, (statement.cut_off_on, statement.outcome_code)) filter (
                statement.outcome_code is not null
            ) as outcome_code,
        from statement
        left join
            numbered
            on statement.product_key = numbered.product_key
            and lower(statement.decision_number) = numbered.number_key
            and year(statement.decision_date) = numbered.decision_year
        group by 1, 2
    ),

    term as (
        select
            decision.* exclude (regime_code),
            coalesce(decision.regime_code, of_day.regime_code) as regime_code,
            {{ certificate_end("decision.decision_date", "coalesce(of_day.certificate_months, 36)") }}
            as expires_on,
            lead(decision.decision_date) over product_by_day as next_decision_date,
            lag(decision.star) over product_by_day as previous_star,
        from decision
        left join
            regime as of_day
            on decision.decision_date >= of_day.valid_from
            and (of_day.valid_to is null or decision.decision_date <= of_day.valid_to)
        window product_by_day as (partition by decision.product_key order by decision.decision_date)
    ),

    -- QĐ 26/2026/QĐ-TTg Điều 12: a certificate whose re-rating window had closed when the decision came into
    -- force stays valid while its product is re-rated, until the outcome, so many days after its term at
    -- most.
    pending as (
        select
            term.product_key,
            term.decision_date,
            any_value(term.expires_on + regime.extension_days)::date as extended_to,
        from term
        inner join
            regime
            on regime.extension_days is not null
            and term.expires_on > regime.valid_from
            and term.expires_on - regime.re_rating_window_to_days < regime.valid_from
        inner join
            told
            on term.product_key = told.product_key
            and told.cut_off_on >= term.decision_date
            and (term.next_decision_date is null or told.cut_off_on < term.next_decision_date)
        group by 1, 2
        having arg_max(told.status_stated_code, told.cut_off_on) = 'being_re_rated'
    ),

    failed as (
        select term.product_key, term.decision_date, min(rating.rated_on) as failed_on,
        from term
        inner join
            rating
            on term.product_key = rating.product_key
            and rating.cycle_code = 're_rating'
            and rating.outcome_code = 'not_passed'
            and rating.rated_on >= term.decision_date
        group by 1, 2
    ),

    -- Closed early: revoked or stopped, on its day or else by the cut-off that says so first, unless a
    -- later report
    -- takes the same decision for running.
    closed as (
        select
            term.product_key,
            term.decision_date,
            min(coalesce(told.status_date, told.cut_off_on)) as closed_on,
            arg_min(told.status_code, coalesce(told.status_date, told.cut_off_on)) as closed_code,
        from term
        inner join
            told
            on term.product_key = told.product_key
            and told.status_code in ('revoked', 'stopped')
            and coalesce(told.status_date, told.cut_off_on) >= term.decision_date
        left join
            told as taken_back
            on term.product_key = taken_back.product_key
            and term.decision_date = taken_back.decision_date
            and taken_back.status_stated_code in ('recognised', 'being_re_rated')
            and taken_back.cut_off_on > told.cut_off_on
        where taken_back.product_key is null
        group by 1, 2
    ),

    ended as (
        select
            term.*,
            if(
                pending.product_key is null,
                term.expires_on,
                greatest(term.expires_on, least(pending.extended_to, failed.failed_on))
            ) as runs_to,
            closed.closed_on,
            closed.closed_code,
        from term
        left join pending using (product_key, decision_date)
        left join failed using (product_key, decision_date)
        left join closed using (product_key, decision_date)
    ),

    computed as (
        select *, decision_date as valid_from, least(runs_to, next_decision_date, closed_on) as valid_to,
        from ended
        where least(runs_to, next_decision_date, closed_on) > decision_date
    ),

    -- Where no day is known only the reported cut-offs are: one stretch while each report says valid, at
    -- the same
    -- star, and no dated decision comes between.
    point as (
        select
            told.product_key,
            told.cut_off_on,
            bool_or(told.is_valid and told.recognised_on is null)
            and not bool_or(covered.product_key is not null) as is_stated,
            max(told.star) as star,
            max(told.expires_on) as expires_on,
            max(told.decision_number) as decision_number,
        from told
        left join
            computed as covered
            on told.product_key = covered.product_key
            and told.cut_off_on >= covered.valid_from
            and told.cut_off_on < covered.valid_to
        group by all
    ),

    numbered_point as (
        select
            point.*,
            lead(point.cut_off_on) over product_by_day as next_cut_off_on,
            row_number() over product_by_day as point_no,
            (
                select count(*)
                from computed
                where computed.product_key = point.product_key and computed.valid_from <= point.cut_off_on
            ) as begun_count,
            (
                select min(valid_from)
                from computed
                where computed.product_key = point.product_key and computed.valid_from > point.cut_off_on
            ) as next_valid_from,
        from point
        window product_by_day as (partition by point.product_key order by point.cut_off_on)
    ),

    stretch as (
        select
            *,
            point_no - row_number() over (
                partition by product_key, star, begun_count order by cut_off_on
            ) as stretch_no,
        from numbered_point
        where is_stated
    ),

    stated as (
        select
            product_key,
            star,
            min(cut_off_on) as valid_from,
            max(cut_off_on) as last_cut_off_on,
            -- the printed end of the certificate, where the unit wrote one, as far as nothing else is
            -- reported
            greatest(
                (max(cut_off_on) + 1)::date,
                arg_max(
                    least(
                        expires_on,
                        coalesce(next_cut_off_on, expires_on),
                        coalesce(next_valid_from, expires_on)
                    ),
                    cut_off_on
                )
            ) as valid_to,
            arg_max(expires_on, cut_off_on) as expires_on,
            arg_max(decision_number, cut_off_on) as decision_number,
        from stretch
        group by product_key, star, begun_count, stretch_no
    ),

    final as (
        select
            computed.product_key,
            computed.star,
            computed.valid_from,
            computed.valid_to,
            'computed' as basis,
            computed.expires_on,
            case
                when computed.closed_on = computed.valid_to
                then computed.closed_code
                when computed.next_decision_date = computed.valid_to
                then 'superseded'
                when computed.valid_to > computed.expires_on
                then 'extended'
                else 'expired'
            end as end_code,
            computed.decision_number,
            computed.regime_code,
            coalesce(
                case
                    when computed.star = computed.previous_star
                    then 'kept'
                    when computed.star > computed.previous_star
                    then 'up'
                    when computed.star < computed.previous_star
                    then 'down'
                end,
                case
                    computed.outcome_code
                    when 'kept'
                    then 'kept'
                    when 'upgraded'
                    then 'up'
                    when 'downgraded'
                    then 'down'
                end
            ) as re_recognition_code,
            (computed.expires_on - window_regime.re_rating_window_from_days)::date as re_rating_from,
            (computed.expires_on - window_regime.re_rating_window_to_days)::date as re_rating_to,
        from computed
        -- the window is that of the law in force when the dossier is due, whatever law the certificate is of
        left join
            regime as window_regime
            on window_regime.re_rating_window_to_days is not null
            and computed.expires_on - window_regime.re_rating_window_to_days >= window_regime.valid_from
            and (
                window_regime.valid_to is null
                or computed.expires_on - window_regime.re_rating_window_to_days <= window_regime.valid_to
            )
        union all
        select
            product_key,
            star,
            valid_from,
            valid_to,
            'stated' as basis,
            expires_on,
            if(valid_to = expires_on, 'expired', 'unknown') as end_code,
            decision_number,
            null as regime_code,
            null as re_recognition_code,
            null as re_rating_from,
            null as re_rating_to,
        from stated
    )

select *
from final
