-- What the law of its day says against a line of the rating sheets. The stated star is kept, the expected
-- value
-- stands beside it.
with
    rating as (select * from {{ ref("fct_rating") }}),

    verdict as (select * from {{ ref("int_rating_verdict") }}),

    submission as (select * from {{ ref("fct_submission") }}),

    product as (select * from {{ ref("dim_product") }}),

    regime as (select * from {{ ref("dim_regime") }}),

    council_level as (select * from {{ ref("dim_council_level") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    district as (select max(valid_to) as ended_on from unit where unit_level_code = 'district'),

    named as (
        select
            rating.*,
            verdict.decided_on,
            verdict.competent_level_code,
            district.ended_on as district_ended_on,
            council_level.council_level_name,
            competent.council_level_name as competent_level_name,
            regime.regime_name,
            regime.document,
            regime.part_a_max_point,
            regime.part_b_max_point,
            regime.part_c_max_point,
            (submission.received_at at time zone 'Asia/Ho_Chi_Minh')::date as received_on,
            'Sản phẩm "' || product.product_name || '"' as subject,
        from rating
        inner join verdict using (_submission_id, _sheet, _row_number)
        inner join submission on rating._submission_id = submission.submission_id
        inner join product on rating.product_key = product.product_key
        inner join council_level on rating.council_level_code = council_level.council_level_code
        cross join district
        left join council_level as competent on verdict.competent_level_code = competent.council_level_code
        left join regime on rating.regime_applied_code = regime.regime_code
    ),

    band as (
        select
            *,
            'MODEL-10' as rule_id,
            'star' as field_name,
            star || ' sao' as value_text,
            star_expected || ' sao' as expected_text,
            subject
            || ': ghi '
            || star
            || ' sao, tổng điểm '
            || {{ number_words("score_point") }}
            || ' theo '
            || regime_name
            || ' là '
            || star_expected
            || ' sao.' as message,
            'Xin đối chiếu tổng điểm và hạng sao với biên bản của Hội đồng.' as action,
        from named
        where band_verdict_code = 'fail'
    ),

    -- R2019 prints 50-69 and 70-89: the law does not say what 69,5 is, and nothing is invented here.
    gap as (
        select
            *,
            'MODEL-11' as rule_id,
            'score_point' as field_name,
            {{ number_words("score_point") }} as value_text,
            null as expected_text,
            subject
            || ': tổng điểm '
            || {{ number_words("score_point") }}
            || ' không thuộc khung điểm nào của '
            || regime_name
            || ' nên không xác định được hạng; hạng '
            || star
            || ' sao do đơn vị ghi được giữ nguyên.' as message,
            'Xin gửi kèm biên bản của Hội đồng nêu căn cứ xếp hạng.' as action,
        from named
        where band_verdict_code = 'undetermined'
    ),

    minimum as (
        select
            *,
            'MODEL-12' as rule_id,
            'meets_minimum_criteria' as field_name,
            star || ' sao' as value_text,
            'dưới ' || star || ' sao' as expected_text,
            subject
            || ': được ghi '
            || star
            || ' sao'
            || coalesce(' với ' || {{ number_words("score_point") }} || ' điểm', '')
            || ' nhưng không đạt tiêu chí tối thiểu của hạng này; đủ điểm mà thiếu tiêu chí thì không được xếp '
            || star
            || ' sao.' as message,
            'Xin kiểm tra lại phiếu đánh giá: hạng sao hoặc cột Đạt tiêu chí tối thiểu.' as action,
        from named
        where minimum_verdict_code = 'fail'
    ),

    after_districts as (
        select
            *,
            'MODEL-13' as rule_id,
            'council_level_code' as field_name,
            council_level_name as value_text,
            competent_level_name as expected_text,
            subject
            || ': quyết định cấp huyện'
            || coalesce(' số ' || decision_number, '')
            || ' ngày '
            || {{ day_words("decided_on") }}
            || ' đề sau ngày cấp huyện kết thúc ('
            || {{ day_words("district_ended_on") }}
            || ').' as message,
            'Xin gửi bản sao quyết định; kiểm tra ngày và cơ quan ban hành.' as action,
        from named
        where council_level_code = 'district' and decided_on > district_ended_on
    ),

    level as (
        select
            *,
            'MODEL-14' as rule_id,
            'council_level_code' as field_name,
            council_level_name as value_text,
            if(authority_verdict_code = 'fail', competent_level_name, null) as expected_text,
            subject
            || ': '
            || star
            || ' sao do '
            || lower(council_level_name)
            || ' công nhận'
            || coalesce(' ngày ' || {{ day_words("decided_on") }}, '')
            || if(
                authority_verdict_code = 'fail',
                '; theo ' || regime_name || ' thì ' || lower(competent_level_name) || ' công nhận.',
                '; từ 1/7/2025 đến trước ngày 6/7/2025 chưa có văn bản nêu cấp nào công nhận hạng này.'
            ) as message,
            'Xin kiểm tra lại cấp hội đồng, ngày và cơ quan ban hành quyết định.' as action,
        from named
        where
            authority_verdict_code = 'undetermined'
            or (
                authority_verdict_code = 'fail'
                and not (council_level_code = 'district' and coalesce(decided_on > district_ended_on, false))
            )
    ),

    part as (
        select
            *,
            'MODEL-15' as rule_id,
            'score_part_' || lower(part.letter) || '_point' as field_name,
            {{ number_words("part.point") }} as value_text,
            'tối đa ' || part.max_point as expected_text,
            subject
            || ': điểm phần '
            || part.letter
            || ' là '
            || {{ number_words("part.point") }}
            || ', '
            || regime_name
            || ' cho tối đa '
            || part.max_point
            || ' điểm.' as message,
            'Xin kiểm tra lại phiếu tổng hợp điểm và bộ tiêu chí áp dụng.' as action,
        from
            (
                select
                    *,
                    unnest(
                        [
                            {'letter':'A', 'point':score_part_a_point, 'max_point':part_a_max_point},
                            {'letter':'B', 'point':score_part_b_point, 'max_point':part_b_max_point},
                            {'letter':'C', 'point':score_part_c_point, 'max_point':part_c_max_point}
                        ]
                    ) as part,
                from named
                where part_verdict_code = 'fail'
            )
        where part.point > part.max_point
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
            || ' sao nhưng ghi là được công nhận'
            || coalesce(' theo quyết định số ' || decision_number, '')
            || '; dưới 3 sao thì không có quyết định, không có giấy chứng nhận.' as message,
            'Xin sửa hạng sao theo quyết định, hoặc sửa kết luận thành "Không đạt".' as action,
        from named
        where is_recognition and star < 3
    ),

    out_of_regime as (
        select
            *,
            'MODEL-17' as rule_id,
            if(decision_date is null, 'council_date', 'decision_date') as field_name,
            {{ day_words("decided_on") }} as value_text,
            document as expected_text,
            subject
            || ': ngày '
            || {{ day_words("decided_on") }}
            || coalesce(
                ' nằm ngoài thời gian áp dụng của ' || regime_name || ' (' || document || ').',
                ' trước khi có bộ tiêu chí đánh giá đầu tiên (QĐ 1048/QĐ-TTg ngày 21/8/2019).'
            ) as message,
            'Xin kiểm tra lại ngày và bộ tiêu chí áp dụng.' as action,
        from named
        where regime_verdict_code = 'fail'
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
                            {'field_name':'council_date', 'day':council_date},
                            {'field_name':'decision_date', 'day':decision_date},
                            {'field_name':'dossier_date', 'day':dossier_date}
                        ]
                    ) as stated,
                from named
            )
        where stated.day > received_on
    ),

    next_period as (
        select
            *,
            'MODEL-19' as rule_id,
            'decision_date' as field_name,
            {{ day_words("decision_date") }} as value_text,
            {{ period_words("decided_period_code") }} as expected_text,
            subject
            || ': quyết định ngày '
            || {{ day_words("decision_date") }}
            || ' ký sau ngày chốt nên được tính vào kỳ '
            || {{ period_words("decided_period_code") }}
            || '.' as message,
            'Không cần sửa nếu ngày đúng; xin không báo lại ở kỳ sau.' as action,
        from named
        where decided_period_code <> period_code
    ),

    {% set kinds = [
        "band",
        "gap",
        "minimum",
        "after_districts",
        "level",
        "part",
        "below_three",
        "out_of_regime",
        "future",
        "next_period",
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
                union all
            {% endif %}
        {% endfor %}
    ),

    final as (
        select
            _submission_id as submission_id,
            rule_id,
            'warning' as severity,
            'regime' as family,
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
