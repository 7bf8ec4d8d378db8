with
    conflict as (select * from {{ ref("fct_conflict") }}),

    unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    evidence as {{ evidence_of("conflict") }},

    figure as (
        select
            period_code,
            row_code,
            {{ sum_figure("first_value") }} as first_value,
            {{ sum_figure("second_value") }} as second_value,
        from evidence
        group by period_code, row_code
    ),

    named as (
        select distinct
            conflict_code || '-' || side_no as row_code,
            unit_code,
            measure_unit,
            case
                kind_code
                when 'cover_and_rows'
                then 'Số trên trang Bìa và số cộng từ các dòng'
                when 'year_and_halves'
                then 'Báo cáo năm và tổng hai báo cáo 6 tháng'
                when 'same_decision'
                then 'Cùng một quyết định, ghi ở hai kỳ báo cáo'
                when 'two_stocks'
                then 'Báo cáo năm và báo cáo 6 tháng cuối năm'
            end as kind_name,
            case
                when figure_code like '%funding_disbursed%' or figure_code like 'disbursed%'
                then 'Kinh phí đã giải ngân'
                when figure_code like '%planned%'
                then 'Kinh phí kế hoạch'
                when figure_code like '%newly_recognised%'
                then 'Sản phẩm mới được công nhận'
                when regexp_matches(figure_code, 'valid_star_[0-9]')
                then 'Sản phẩm còn hiệu lực hạng ' || regexp_extract(figure_code, 'star_([0-9])', 1) || ' sao'
                when figure_code like '%producer%'
                then
                    'Số chủ thể: '
                    || upper(regexp_replace(regexp_replace(figure_code, '^.*producer_', ''), '_count$', ''))
                else figure_code
            end as figure_name,
        from conflict
        where side_no > 1
    ),

    final as (
        select
            row_number() over (
                partition by figure.period_code order by unit.unit_code, named.figure_name, named.row_code
            )::integer as row_no,
            figure.period_code,
            figure.row_code,
            unit.unit_name,
            named.figure_name,
            named.kind_name,
            figure.first_value,
            figure.second_value,
            named.measure_unit,
        from figure
        inner join named on figure.row_code = named.row_code
        inner join unit on figure.period_code = unit.period_code and named.unit_code = unit.unit_code
    )

select *
from final
