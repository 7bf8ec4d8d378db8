-- What the law of its day and the other reports say against a line of the product sheets.
with
    sheet as (select * from {{ ref("stg_forms__product") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    submission as (select * from {{ ref("fct_submission") }}),

    product as (select * from {{ ref("dim_product") }}),

    producer as (select * from {{ ref("dim_producer") }}),

    producer_type as (select * from {{ ref("dim_producer_type") }}),

    period as (select * from {{ ref("dim_period") }}),

    regime as (select * from {{ ref("dim_regime") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    district as (select * from unit where unit_level_code = 'district'),

    programme as (
        select
            (select max(valid_to) from district) as district_ended_on,
            (select min(valid_from) from regime) as regime_began_on,
    ),

    named as (
        select
            product_status.*,
            sheet.dossier_date,
            sheet.expiry_date,
            period.cut_off_on,
            programme.*,
            submission.arrival_no,
            (submission.received_at at time zone 'Asia/Ho_Chi_Minh')::date as received_on,
            producer.producer_name,
            'Sản phẩm "' || product.product_name || '"' as subject,
        from product_status
        inner join sheet using (_submission_id, _sheet, _row_number)
        inner join submission on product_status._submission_id = submission.submission_id
        inner join period on product_status.period_code = period.period_code
        inner join product on product_status.product_key = product.product_key
        inner join producer on product_status.producer_key = producer.producer_key
        cross join programme
    ),

    after_districts as (
        select
            *,
            'MODEL-13' as rule_id,
            'issuing_authority' as field_name,
            issuing_authority as value_text,
            null as expected_text,
            subject
            || ': quyết định cấp huyện'
            || coalesce(' số ' || decision_number, '')
            || ' ngày '
            || {{ day_words("decision_date") }}
            || ' đề sau ngày cấp huyện kết thúc ('
            || {{ day_words("district_ended_on") }}
            || ').' as message,
            'Xin gửi bản sao quyết định; kiểm tra ngày và cơ quan ban hành.' as action,
        from named
        where
            decision_date > district_ended_on
            and (
                regexp_matches(lower(issuing_authority), 'huyện|thị xã|quận')
                -- a city of a province is a district too, and only its name tells it from a city of the state
                or exists (
                    select 1
                    from district
                    where
                        district.unit_name like 'Thành phố %'
                        and contains(lower(named.issuing_authority), lower(district.unit_name))
                )
            )
    ),

    below_three as (
        select
            *,
            'MODEL-16' as rule_id,
            'star' as field_name,
            star || ' sao' as value_text,
            'không có quyết định' as expected_text,
            subject
            || ': hạng '
            || star
            || ' sao nhưng ghi là đã được công nhận; dưới 3 sao thì không có quyết định, không có giấy chứng nhận.'
            as message,
            'Xin sửa hạng sao theo quyết định hoặc sửa tình trạng của sản phẩm.' as action,
        from named
        where is_cumulative and star < 3
    ),

    before_regime as (
        select
            *,
            'MODEL-17' as rule_id,
            'decision_date' as field_name,
            {{ day_words("decision_date") }} as value_text,
            null as expected_text,
            subject
            || ': ngày '
            || {{ day_words("decision_date") }}
            || ' trước khi có bộ tiêu chí đánh giá đầu tiên (QĐ 1048/QĐ-TTg ngày 21/8/2019).' as message,
            'Xin kiểm tra lại ngày quyết định.' as action,
        from named
        where decision_date < regime_began_on
    ),

    future as (
        select
            *,
            'MODEL-18' as rule_id,
            stated.field_name as field_name,
            {{ day_words("stated.day") }} as value_text,
            null as expected_text,
            subject
            || ': ngày '
            || {{ day_words("stated.day") }}
            || ' sau ngày nhận báo cáo ('
            || {{ day_words("received_on") }}
            || ').' as message,
            'Xin kiểm tra lại ngày; chỉ báo cáo việc đã xảy ra.' as action,
        from
            (
                select
                    *,
                    unnest(
                        [
                            {'field_name':'decision_date', 'day':decision_date},
                            {'field_name':'status_date', 'day':status_date},
                            {'field_name':'dossier_date', 'day':dossier_date}
                        ]
                    ) as stated,
                from named
            )
        where stated.day > received_on
    ),

    -- The form a producer had on the line before, of any unit.
    typed as (
        select
            *,
            lag(producer_type_code) over producer_by_day as type_before_code,
            lag(period_code) over producer_by_day as type_before_period_code,
        from named
        where producer_type_code is not null
        window producer_by_day as (partition by producer_key order by cut_off_on, arrival_no, _row_number)
    ),

    producer_type_changed as (
        select
            typed.*,
            'MODEL-20' as rule_id,
            'producer_type_code' as field_name,
            now.producer_type_name as value_text,
            before.producer_type_name as expected_text,
            'Chủ thể "'
            || typed.producer_name
            || '": báo cáo '
            || {{ period_words("typed.type_before_period_code") }}
            || ' ghi loại hình "'
            || before.producer_type_name
            || '", nay ghi "'
            || now.producer_type_name
            || '".' as message,
            'Nếu chủ thể đổi loại hình thì không cần sửa; nếu không, xin thống nhất loại hình.' as action,
        from typed
        inner join producer_type as now on typed.producer_type_code = now.producer_type_code
        inner join producer_type as before on typed.type_before_code = before.producer_type_code
        where typed.producer_type_code <> typed.type_before_code
    ),

    -- One decision told two ways: its day, or its star. Both are kept; the clock runs by the one told last,
    -- the rating
    -- sheet's before the product sheet's.
    statement as (
        select
            product_key,
            lower(decision_number) as number_key,
            year(decision_date) as decision_year,
            decision_date,
            star,
            period_code,
            cut_off_on,
        from named
        where decision_date = recognised_on
        union all
        select
            rating.product_key,
            lower(rating.decision_number),
            year(rating.decision_date),
            rating.decision_date,
            rating.star,
            rating.period_code,
            period.cut_off_on,
        from rating
        inner join period on rating.period_code = period.period_code
        where rating.is_recognition
    ),

    told_two_ways as (
        select
            named.*,
            'MODEL-21' as rule_id,
            if(named.decision_date <> other.decision_date, 'decision_date', 'star') as field_name,
            if(
                named.decision_date <> other.decision_date,
                {{ day_words("named.decision_date") }},
                named.star || ' sao'
            ) as value_text,
            if(
                named.decision_date <> other.decision_date,
                {{ day_words("other.decision_date") }},
                other.star || ' sao'
            ) as expected_text,
            named.subject
            || ': quyết định số '
            || named.decision_number
            || ' được ghi ngày '
            || {{ day_words("named.decision_date") }}
            || coalesce(', ' || named.star || ' sao', '')
            || '; nơi khác (báo cáo '
            || {{ period_words("other.period_code") }}
            || ') ghi ngày '
            || {{ day_words("other.decision_date") }}
            || coalesce(', ' || other.star || ' sao', '')
            || '.' as message,
            'Xin kiểm tra lại theo bản quyết định; cả hai số liệu được giữ nguyên.' as action,
        from named
        inner join
            (select distinct *, from statement) as other
            on named.product_key = other.product_key
            and lower(named.decision_number) = other.number_key
            and year(named.decision_date) = other.decision_year
            and other.cut_off_on <= named.cut_off_on
            and (named.decision_date <> other.decision_date or named.star <> other.star)
        where named.decision_date = named.recognised_on
    ),

    other_end as (
        select
            *,
            'MODEL-22' as rule_id,
            'expiry_date' as field_name,
            {{ day_words("expiry_date") }} as value_text,
            {{ day_words("expires_on") }} as expected_text,
            subject
            || ': ngày hết hạn ghi là '
            || {{ day_words("expiry_date") }}
            || if(
                recognised_on is null,
                ', trước ngày chốt, nhưng tình trạng là còn hiệu lực.',
                ', tính 36 tháng từ quyết định ngày '
                || {{ day_words("recognised_on") }}
                || ' là '
                || {{ day_words("expires_on") }}
                || '.'
            ) as message,
            'Xin kiểm tra lại ngày quyết định và ngày hết hạn trên giấy chứng nhận.' as action,
        from named
        where
            -- the last day in force or the first day out of it: both are printed
            (
                recognised_on is not null
                and status_code <> 'being_re_rated'
                and expiry_date not between expires_on - 1
                and expires_on
            )
            or (recognised_on is null and status_code = 'recognised' and expiry_date <= cut_off_on)
    ),

    {% set kinds = [
        "after_districts",
        "below_three",
        "before_regime",
        "future",
        "producer_type_changed",
        "told_two_ways",
        "other_end",
    ] %}

    finding as (
        {% for kind in kinds %}
            select
                _submission_id,
                _sheet,
                _row_number,
                rule_id,
                field_name,
                value_text,
                expected_text,
                message,
                action,
            from {{ kind }}
            {% if not loop.last %}
                union
            {% endif %}
        {% endfor %}
    ),

    final as (
        select
            _submission_id as submission_id,
            rule_id,
            'warning' as severity,
            if(rule_id in ('MODEL-20', 'MODEL-21', 'MODEL-22'), 'status', 'regime') as family,
            _sheet as sheet,
            _row_number as row_number,
            field_name,
            value_text,
            expected_text,
            message,
            action,
        from finding
    )

select *
from final
