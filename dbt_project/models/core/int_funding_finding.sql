with
    funding as (select * from {{ ref("fct_funding") }}),

    source as (select * from {{ ref("dim_funding_source") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    named_use as (
        select * from {{ ref("int_identity_use") }} where form_name = 'product' and commune_key is not null
    ),

    line as (
        select
            funding.*,
            source.source_name,
            source.is_rural_programme,
            source.valid_to as source_valid_to,
            period.cut_off_on,
            {{ match_key("funding.product_name") }} as product_name_key,
            {{ match_key("funding.producer_name") }} as producer_name_key,
        from funding
        inner join source on funding.source_code = source.source_code
        inner join period on funding.period_code = period.period_code
    ),

    -- Where the money went: the commune of the product or producer it names, else the unit that reports it.
    placed as (
        select line._submission_id, line._row_number, named_use.commune_key as unit_key,
        from line
        inner join
            named_use
            on line.unit_code = named_use.unit_code
            and line.period_code = named_use.period_code
            and (line.product_name_key is not null or line.producer_name_key is not null)
            and coalesce(line.product_name_key = named_use.product_name_key, true)
            and coalesce(line.producer_name_key = named_use.producer_name_key, true)
        union
        select line._submission_id, line._row_number, unit.unit_key,
        from line
        inner join unit on line.unit_code = unit.unit_code and {{ stands_on("unit", "line.cut_off_on") }}
        where line.product_name is null and line.producer_name is null
    ),

    -- Urban is what its type word says on that day; towns and cities of the district level have xã too.
    place as (
        select
            placed._submission_id,
            placed._row_number,
            bool_and(regexp_matches(unit.unit_name, '^(Phường|Thị trấn|Quận) ')) as is_urban,
            string_agg(distinct unit.unit_name, ', ' order by unit.unit_name) as place_name,
        from placed
        inner join unit on placed.unit_key = unit.unit_key
        group by placed._submission_id, placed._row_number
    ),

    urban as (
        select
            line.*,
            'MODEL-50' as rule_id,
            place.place_name as value_text,
            'Nguồn "'
            || line.source_name
            || '" thuộc Chương trình mục tiêu quốc gia xây dựng nông thôn mới, dành cho địa bàn nông thôn; '
            || place.place_name
            || ' là đô thị trong kỳ báo cáo.' as message,
            'Xin kiểm tra lại nguồn vốn và địa bàn được hỗ trợ; nếu đúng xin ghi rõ căn cứ ở cột Ghi chú.'
            as action,
        from line
        inner join
            place on line._submission_id = place._submission_id and line._row_number = place._row_number
        where line.is_rural_programme and place.is_urban
    ),

    ended as (
        select
            *,
            'MODEL-51' as rule_id,
            source_name as value_text,
            'Nguồn "'
            || source_name
            || '" cho năm '
            || funding_year
            || ' là sau ngày cấp ngân sách này kết thúc ('
            || {{ day_words("source_valid_to") }}
            || ').' as message,
            'Xin kiểm tra lại năm kinh phí và nguồn vốn (cấp tỉnh hoặc cấp xã).' as action,
        from line
        where funding_year > year(source_valid_to)
    ),

    final as (
        {% for kind in ["urban", "ended"] %}
            select
                _submission_id as submission_id,
                rule_id,
                'warning' as severity,
                'funding' as family,
                _sheet as sheet,
                _row_number as row_number,
                'source_code' as field_name,
                value_text,
                null::varchar as expected_text,
                coalesce(disbursed_amount_vnd_million, planned_amount_vnd_million) as amount_vnd_million,
                message,
                action,
            from {{ kind }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select *
from final
