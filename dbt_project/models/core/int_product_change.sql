-- What became of each product between two reports of a unit, by one reason; read from the stock of valid
-- products.
with
    product_status as (select * from {{ ref("fct_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    certificate as (select * from {{ ref("fct_certificate_interval") }}),

    -- A product sheet that is empty and not declared empty is unknown, not nothing.
    submission as (
        select * from {{ ref("bridge_submission_form") }} where is_known and form_name = 'product'
    ),

    period as (select * from {{ ref("dim_period") }} where period_kind <> 'Y'),

    unit as (select * from {{ ref("dim_unit") }}),

    heir as (select * from {{ ref("int_unit_heir") }}),

    received as (
        select
            submission.submission_id,
            submission.unit_code,
            submission.period_code,
            period.starts_on,
            period.cut_off_on,
            unit.unit_key,
            unit.valid_to as unit_valid_to,
        from submission
        inner join period on submission.period_code = period.period_code
        inner join
            unit on submission.unit_code = unit.unit_code and {{ stands_on("unit", "period.cut_off_on") }}
    ),

    held as (
        select
            received.unit_key,
            received.unit_code,
            received.unit_valid_to,
            received.period_code,
            received.cut_off_on,
            commune.unit_key as commune_key,
            product_status.* exclude (unit_code, period_code),
        from product_status
        inner join
            received
            on product_status.unit_code = received.unit_code
            and product_status.period_code = received.period_code
        left join
            unit as commune
            on product_status.commune_code = commune.unit_code
            and {{ stands_on("commune", "received.cut_off_on") }}
        qualify
            row_number() over (
                partition by received.unit_key, received.period_code, product_status.product_key
                order by
                    product_status.is_valid desc,
                    product_status.is_cumulative desc,
                    product_status._row_number
            )
            = 1
    ),

    own_previous as (
        select
            received.unit_key,
            received.period_code,
            arg_max(earlier.period_code, earlier.cut_off_on) as previous_period_code,
        from received
        inner join
            received as earlier
            on received.unit_key = earlier.unit_key
            and earlier.cut_off_on < received.cut_off_on
        group by all
    ),

    -- A unit that reports for the first time takes over what the dead units before it held last. A product
    -- of a commune
    -- that was split belongs to the part that reports it, else to the default one.
    last_of_dead as (
        select unit_key, max(cut_off_on) as cut_off_on
        from received
        where unit_valid_to is not null
        group by all
    ),

    inherited as (
        select taking.unit_key as taking_unit_key, taking.period_code as taking_period_code, held.*,
        from held
        inner join last_of_dead using (unit_key, cut_off_on)
        inner join heir on coalesce(held.commune_key, held.unit_key) = heir.unit_key
        inner join
            received as taking
            on heir.heir_key = taking.unit_key
            and heir.heir_key <> held.unit_key
            and taking.cut_off_on > held.unit_valid_to
        left join
            own_previous
            on taking.unit_key = own_previous.unit_key
            and taking.period_code = own_previous.period_code
        left join
            held as told_there
            on taking.unit_key = told_there.unit_key
            and taking.period_code = told_there.period_code
            and held.product_key = told_there.product_key
        -- another part of the commune reports it
        left join
            heir as sibling
            on coalesce(held.commune_key, held.unit_key) = sibling.unit_key
            and sibling.heir_key <> heir.heir_key
        left join
            held as told_by_sibling
            on sibling.heir_key = told_by_sibling.unit_key
            and taking.period_code = told_by_sibling.period_code
            and held.product_key = told_by_sibling.product_key
        where own_previous.unit_key is null
        group by all
        having
            bool_or(told_there.product_key is not null)
            or (any_value(heir.is_default) and not bool_or(told_by_sibling.product_key is not null))
    ),

    opening as (
        select
            own_previous.unit_key as taking_unit_key, own_previous.period_code as taking_period_code, held.*,
        from own_previous
        inner join
            held
            on own_previous.unit_key = held.unit_key
            and own_previous.previous_period_code = held.period_code
        union all by name
        -- two dead units may both have held it, one after the other
        select *
        from inherited
        qualify
            row_number() over (
                partition by taking_unit_key, taking_period_code, product_key
                order by cut_off_on desc, is_valid desc, unit_code
            )
            = 1
    ),

    -- Where several dead units are followed, the latest of their reports counts as the one before.
    source as (
        select
            taking_unit_key,
            taking_period_code,
            arg_max(period_code, cut_off_on) as previous_period_code,
            max(cut_off_on) as previous_cut_off_on,
        from opening
        group by all
        union all
        -- an own report without any product is a report all the same
        select
            own_previous.unit_key,
            own_previous.period_code,
            own_previous.previous_period_code,
            period.cut_off_on,
        from own_previous
        inner join period on own_previous.previous_period_code = period.period_code
        where
            (own_previous.unit_key, own_previous.period_code)
            not in (select (taking_unit_key, taking_period_code) from opening)
    ),

    listed as (
        select
            received.submission_id,
            received.unit_key,
            received.unit_code,
            received.period_code,
            received.starts_on,
            received.cut_off_on,
            named.product_key,
        from received
        inner join
            (
                select unit_key, period_code, product_key
                from held
                union
                select taking_unit_key, taking_period_code, product_key
                from opening
            ) as named
            on received.unit_key = named.unit_key
            and received.period_code = named.period_code
    ),

    compared as (
        select
            listed.*,
            source.previous_period_code,
            source.previous_cut_off_on,
            before.unit_code as previous_unit_code,
            before.product_key is not null and before.is_cumulative as was_listed,
            coalesce(before.is_valid, false) as was_valid,
            before.star as star_before,
            before.decision_number as decision_number_before,
            now.product_key is not null
            and (now.is_cumulative or not coalesce(before.is_cumulative, false)) as is_listed,
            coalesce(now.is_valid, false) as is_valid,
            now.star as star_now,
            now.status_code as status_now_code,
            now.recognised_on,
            now.decision_number,
            now._row_number as row_number,
            now._sheet as sheet,
        from listed
        left join
            source
            on listed.unit_key = source.taking_unit_key
            and listed.period_code = source.taking_period_code
        left join
            opening as before
            on listed.unit_key = before.taking_unit_key
            and listed.period_code = before.taking_period_code
            and listed.product_key = before.product_key
        left join
            held as now
            on listed.unit_key = now.unit_key
            and listed.period_code = now.period_code
            and listed.product_key = now.product_key
    ),

    -- The same product with another unit, in the same period and before.
    elsewhere as (
        select
            compared.unit_key,
            compared.period_code,
            compared.product_key,
            bool_or(other.period_code = compared.period_code and other.is_valid) as is_valid_elsewhere,
            arg_max(other.status_code, other.is_valid) filter (
                other.period_code = compared.period_code and other.is_cumulative
            ) as status_elsewhere_code,
            coalesce(
                arg_max(other.is_valid, other.cut_off_on) filter (other.cut_off_on < compared.cut_off_on),
                false
            ) as was_valid_elsewhere,
        from compared
        inner join
            held as other
            on compared.product_key = other.product_key
            and compared.unit_key <> other.unit_key
            and other.cut_off_on <= compared.cut_off_on
        group by all
    ),

    seen as (
        select product_key, min(cut_off_on) as first_cut_off_on from held where is_cumulative group by all
    ),

    -- A line of the rating sheets since the last report.
    rated as (
        select compared.unit_key, compared.period_code, compared.product_key,
        from compared
        inner join rating on compared.product_key = rating.product_key and rating.is_recognition
        inner join
            period
            on rating.period_code = period.period_code
            and period.cut_off_on <= compared.cut_off_on
            and (
                period.cut_off_on > compared.previous_cut_off_on
                or (compared.previous_cut_off_on is null and rating.period_code = compared.period_code)
            )
        group by all
    ),

    ran_out as (
        select compared.unit_key, compared.period_code, compared.product_key,
        from compared
        inner join
            certificate
            on compared.product_key = certificate.product_key
            and certificate.end_code in ('expired', 'extended')
            and certificate.valid_to > compared.previous_cut_off_on
            and certificate.valid_to <= compared.cut_off_on
        group by all
    ),

    evidenced as (
        select
            compared.*,
            coalesce(elsewhere.is_valid_elsewhere, false) as is_valid_elsewhere,
            coalesce(elsewhere.was_valid_elsewhere, false) as was_valid_elsewhere,
            elsewhere.status_elsewhere_code,
            coalesce(seen.first_cut_off_on < compared.cut_off_on, false) as is_seen,
            ran_out.product_key is not null as is_ran_out,
            -- decided before the last report: known then, or reported late now
            coalesce(compared.recognised_on <= compared.previous_cut_off_on, false) as is_decided_before,
            compared.recognised_on > compared.previous_cut_off_on as is_decided_since,
            coalesce(compared.recognised_on >= compared.starts_on, false) as is_decided_in_period,
            rated.product_key is not null as is_rated,
            compared.decision_number is distinct from compared.decision_number_before
            and compared.decision_number is not null as is_other_number,
        from compared
        left join elsewhere using (unit_key, period_code, product_key)
        left join seen using (product_key)
        left join rated using (unit_key, period_code, product_key)
        left join ran_out using (unit_key, period_code, product_key)
    ),

    decided as (
        select *, coalesce(is_decided_since, is_rated or is_other_number) as has_new_decision, from evidenced
    ),

    final as (
        select
            submission_id,
            unit_code,
            period_code,
            product_key,
            previous_period_code,
            previous_cut_off_on,
            previous_unit_code,
            was_listed,
            is_listed,
            is_valid_elsewhere or status_elsewhere_code is not null as is_listed_elsewhere,
            was_valid,
            is_valid,
            star_before,
            star_now,
            recognised_on,
            decision_number,
            sheet,
            row_number,
            cut_off_on,
            case
                when was_valid and is_valid
                then
                    case
                        when star_before is not distinct from star_now
                        then if(coalesce(is_decided_since, is_rated), 're_recognised', 'kept')
                        when has_new_decision and star_now > star_before
                        then 'upgraded'
                        when has_new_decision and star_now < star_before
                        then 'downgraded'
                        else 'corrected'
                    end
                when was_valid
                then
                    case
                        when status_now_code in ('revoked', 'stopped')
                        then status_now_code
                        when status_now_code in ('expired', 'being_re_rated')
                        then 'expired'
                        when is_valid_elsewhere
                        then 'moved_out'
                        when status_elsewhere_code in ('revoked', 'stopped')
                        then status_elsewhere_code
                        when status_elsewhere_code in ('expired', 'being_re_rated') or is_ran_out
                        then 'expired'
                        else 'vanished'
                    end
                when is_valid
                then
                    case
                        when was_valid_elsewhere and not was_listed
                        then 'moved_in'
                        when previous_period_code is null
                        then if(is_rated or is_decided_in_period, 'new', 'initial')
                        when is_seen and has_new_decision
                        then 're_recognised'
                        when is_seen
                        then 'appeared'
                        when is_decided_before
                        then 'late'
                        when has_new_decision
                        then 'new'
                        else 'appeared'
                    end
            end as movement_code,
        from decided
    )

select *
from final
