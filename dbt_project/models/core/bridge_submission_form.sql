with
    submission as (select * from {{ ref("int_submission") }} where verdict_code = 'accepted'),

    cover as (select * from {{ ref("stg_forms__cover") }}),

    form as (
        select form_name, sheet_name,
        from
            (
                values
                    {% for name, sheet in var("form_sheets").items() %}
                        ('{{ name }}', '{{ sheet }}'){{ "," if not loop.last }}
                    {% endfor %}
            ) as form(form_name, sheet_name)
    ),

    -- A workbook carries every form, a text file its own.
    carried as (
        select
            submission.submission_id,
            form.form_name,
            form.sheet_name,
            submission.unit_code,
            submission.period_code,
            submission.arrival_no,
            submission.list_id,
            submission.is_held,
            case
                form.form_name
                when 'product'
                then submission.product_row_count
                when 'rating'
                then submission.rating_row_count
                when 'funding'
                then submission.funding_row_count
                when 'target'
                then submission.target_row_count
                when 'activity'
                then submission.activity_row_count
            end as row_count,
            coalesce(
                case
                    form.form_name
                    when 'product'
                    then cover.nothing_to_report_product
                    when 'rating'
                    then cover.nothing_to_report_rating
                    when 'funding'
                    then cover.nothing_to_report_funding
                    when 'target'
                    then cover.nothing_to_report_target
                    when 'activity'
                    then cover.nothing_to_report_activity
                end,
                false
            ) as is_nothing_to_report,
        from submission
        inner join form on submission.form_name is null or submission.form_name = form.form_name
        left join cover on submission.submission_id = cover._submission_id
    ),

    -- The newest accepted of a unit, period and form stands; a text file leaves the other forms as they are.
    -- Rows of a province's list stand only until the unit has filed itself, whichever came first.
    standing as (
        select
            unit_code,
            period_code,
            form_name,
            arg_max(arrival_no, (list_id is null, arrival_no)) as arrival_no,
        from carried
        group by unit_code, period_code, form_name
    ),

    final as (
        select
            carried.submission_id,
            carried.form_name,
            carried.sheet_name,
            carried.unit_code,
            carried.period_code,
            carried.row_count,
            carried.arrival_no = standing.arrival_no as is_latest_accepted,
            carried.arrival_no = standing.arrival_no and not carried.is_held as is_in_force,
            carried.arrival_no = standing.arrival_no and carried.is_held as is_held_back,
            -- An empty sheet without "nothing to report" is a question, not a zero.
            carried.arrival_no = standing.arrival_no
            and not carried.is_held
            and (carried.row_count > 0 or carried.is_nothing_to_report) as is_known,
        from carried
        inner join
            standing
            on carried.unit_code = standing.unit_code
            and carried.period_code = standing.period_code
            and carried.form_name = standing.form_name
    )

select *
from final
