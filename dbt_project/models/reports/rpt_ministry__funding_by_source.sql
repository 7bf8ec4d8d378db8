with
    line as (select * from {{ ref("int_ministry__funding_line") }}),

    source as (select * from {{ ref("dim_funding_source") }}),

    content as (select * from {{ ref("dim_funding_content") }}),

    evidence as {{ evidence_of("funding_by_source") }},

    -- The rows of contents and their sub-totals, and the total of the former.
    figure as (
        select
            period_code,
            row_code,
            {{ sum_figure("planned_amount_vnd_million") }} as planned_amount_vnd_million,
            {{ sum_figure("disbursed_amount_vnd_million") }} as disbursed_amount_vnd_million,
            {{ count_figure("approximate_line_count") }} as approximate_line_count,
        from evidence
        group by period_code, row_code
        union all
        select
            period_code,
            'total' as row_code,
            {{ sum_figure("planned_amount_vnd_million") }} as planned_amount_vnd_million,
            {{ sum_figure("disbursed_amount_vnd_million") }} as disbursed_amount_vnd_million,
            {{ count_figure("approximate_line_count") }} as approximate_line_count,
        from evidence
        where not ends_with(row_code, '-total')
        group by period_code
    ),

    counted_line as (select *, unnest(list_append(source_row_codes, 'total')) as row_code, from line),

    -- Whose money a row adds up, and whether all of it has both figures.
    known as (
        select
            counted_line.report_period_code as period_code,
            counted_line.row_code,
            any_value(counted_line.budget_code) as budget_code,
            any_value(counted_line.source_code) as source_code,
            any_value(counted_line.content_code) as content_code,
            max(source.source_no) as source_no,
            bool_and(counted_line.is_planned_known) as is_planned_known,
            bool_and(counted_line.is_disbursed_known) as is_disbursed_known,
            bool_and(counted_line.is_planned_known and counted_line.is_disbursed_known) as is_share_known,
        from counted_line
        left join source on counted_line.source_code = source.source_code
        group by counted_line.report_period_code, counted_line.row_code
    ),

    ranked as (
        select
            *,
            regexp_extract(row_code, '^(.+)-total$', 1) as added_code,
            case
                when row_code = 'total'
                then 4
                when added_code = ''
                then 0
                when added_code = source_code
                then 1
                when added_code = budget_code
                then 3
                else 2
            end as level_no,
        from known
    ),

    -- What a sub-total adds up.
    added as (
        select source_code as added_code, source_name as added_name,
        from source
        union
        select source_group_code as added_code, source_group_name as added_name,
        from source
        union all
        select
            unnest(['state', 'other', 'unknown']),
            unnest(['Ngân sách nhà nước', 'Nguồn khác', 'Chưa rõ nguồn'])
    ),

    final as (
        select
            row_number() over (
                partition by figure.period_code
                order by
                    ranked.level_no = 4,
                    list_position(['state', 'other', 'unknown'], ranked.budget_code),
                    ranked.source_no,
                    ranked.level_no,
                    ranked.content_code = 'unknown',
                    ranked.content_code
            )::integer as row_no,
            figure.period_code,
            figure.row_code,
            if(ranked.level_no = 4, 'Tổng', coalesce(added.added_name, 'Chưa rõ nguồn')) as source_name,
            case
                ranked.level_no
                when 0
                then coalesce(content.content_name, 'Chưa rõ nội dung')
                when 4
                then null
                else 'Cộng'
            end as content_name,
            figure.planned_amount_vnd_million,
            figure.disbursed_amount_vnd_million,
            {{ disbursed_share("figure", "ranked") }} as disbursed_share_pct,
            figure.approximate_line_count,
            -- A dash says that nothing is known; an amount does not say that it is a part of one.
            case
                when
                    figure.planned_amount_vnd_million is not null
                    and not ranked.is_planned_known
                    and figure.disbursed_amount_vnd_million is not null
                    and not ranked.is_disbursed_known
                then 'Chưa đủ số kế hoạch, giải ngân'
                when figure.planned_amount_vnd_million is not null and not ranked.is_planned_known
                then 'Chưa đủ số kế hoạch'
                when figure.disbursed_amount_vnd_million is not null and not ranked.is_disbursed_known
                then 'Chưa đủ số giải ngân'
                when figure.planned_amount_vnd_million > 0 and figure.disbursed_amount_vnd_million = 0
                then 'Chưa giải ngân'
            end as note,
        from figure
        inner join ranked on figure.period_code = ranked.period_code and figure.row_code = ranked.row_code
        left join added on if(ranked.level_no = 0, ranked.source_code, ranked.added_code) = added.added_code
        left join content on ranked.content_code = content.content_code
    )

select *
from final
