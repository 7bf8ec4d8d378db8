with
    named_use as (select * from {{ ref("int_identity_use") }} where form_name = 'product'),

    producer_name as (select * from {{ ref("int_producer_name") }}),

    product_name as (select * from {{ ref("int_product_name") }}),

    producer_word as (select * from {{ ref("int_producer_word") }}),

    producer_type as (select * from {{ ref("dim_producer_type") }}),

    part as (select * from {{ ref("int_unit_part") }} where map_code = 'new'),

    stated_place as (
        select
            named_use.producer_name_key,
            named_use.commune_key,
            any_value(named_use.commune_name) as commune_name,
        from named_use
        where commune_key is not null
        group by named_use.producer_name_key, named_use.commune_key
    ),

    -- Connected are communes with common ground on the new map: renamed, merged, divided.
    place_part as (
        select stated_place.*, part.part_unit_key,
        from stated_place
        inner join part on stated_place.commune_key = part.unit_key
    ),

    -- Most names stand on one ground; only the others are compared.
    on_many_grounds as (
        select producer_name_key,
        from place_part
        group by producer_name_key
        having count(distinct part_unit_key) > 1
    ),

    far_apart as (
        select one.producer_name_key, one.commune_key, min(other.commune_name) as other_commune_name,
        from stated_place as one
        semi join on_many_grounds on one.producer_name_key = on_many_grounds.producer_name_key
        inner join
            stated_place as other
            on one.producer_name_key = other.producer_name_key
            and one.commune_key <> other.commune_key
        where
            not exists (
                select 1
                from place_part as p
                inner join place_part as q on p.part_unit_key = q.part_unit_key
                where
                    p.producer_name_key = one.producer_name_key
                    and p.commune_key = one.commune_key
                    and q.producer_name_key = other.producer_name_key
                    and q.commune_key = other.commune_key
            )
        group by one.producer_name_key, one.commune_key
    ),

    two_places as (
        select
            named_use.*,
            'MODEL-40' as rule_id,
            'commune_code' as field_name,
            named_use.commune_name as value_text,
            far_apart.other_commune_name as expected_text,
            'Chủ thể "'
            || named_use.producer_name
            || '" được ghi ở '
            || named_use.commune_name
            || ' và cũng được ghi ở '
            || far_apart.other_commune_name
            || ', hai nơi không có địa bàn chung; hệ thống đang tính là một chủ thể.' as message,
            'Xin kiểm tra xã của chủ thể; nếu là hai chủ thể khác nhau xin ghi tên đầy đủ để phân biệt.'
            as action,
        from named_use
        inner join far_apart using (producer_name_key, commune_key)
        -- Each unit is asked once, in its last report.
        qualify
            row_number() over (
                partition by named_use.producer_name_key, named_use.unit_code
                order by named_use.cut_off_on desc, named_use.period_code, named_use._row_number
            )
            = 1
    ),

    other_type as (
        select
            named_use.*,
            'MODEL-41' as rule_id,
            'producer_type_code' as field_name,
            stated.producer_type_name as value_text,
            said.producer_type_name as expected_text,
            'Chủ thể "'
            || named_use.producer_name
            || '": loại hình ghi là '
            || lower(stated.producer_type_name)
            || ', theo tên gọi là '
            || lower(said.producer_type_name)
            || '.' as message,
            'Xin kiểm tra lại loại hình theo giấy đăng ký; số liệu đơn vị ghi được giữ nguyên.' as action,
        from named_use
        inner join producer_word using (producer_name_key)
        inner join producer_type as stated on named_use.producer_type_code = stated.producer_type_code
        inner join producer_type as said on producer_word.type_word_code = said.producer_type_code
        where
            producer_word.is_legal_form
            and stated.rolls_up_to_code <> said.rolls_up_to_code
            -- A farm is no legal form: a household or a cooperative may own it.
            and stated.producer_type_code <> 'TT'
        qualify
            row_number() over (
                partition by named_use._submission_id, named_use.producer_name_key
                order by named_use._row_number
            )
            = 1
    ),

    circle as (
        select
            named_use.*,
            'producer_name' as field_name,
            'Chủ thể "' || named_use.producer_name || '"' as subject,
        from named_use
        inner join producer_name using (producer_name_key)
        where producer_name.is_in_circle
        union all by name
        select
            named_use.*,
            'product_name' as field_name,
            'Sản phẩm "' || named_use.product_name || '" của "' || named_use.producer_name || '"' as subject,
        from named_use
        inner join product_name using (product_name_key, producer_name_key)
        where product_name.is_in_circle
    ),

    running_in_circle as (
        select
            * exclude (subject),
            'MODEL-42' as rule_id,
            null::varchar as value_text,
            null::varchar as expected_text,
            subject
            || ': các quyết định gộp tên chỉ vòng lại chính tên này, nên chưa gộp tên nào.' as message,
            'Người phụ trách xin bỏ một quyết định gộp tên (ocop decide unalias).' as action,
        from circle
        qualify row_number() over (partition by _submission_id, subject order by _row_number) = 1
    ),

    final as (
        {% for kind in ["two_places", "other_type", "running_in_circle"] %}
            select
                _submission_id as submission_id,
                rule_id,
                'warning' as severity,
                'identity' as family,
                _sheet as sheet,
                _row_number as row_number,
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
    )

select *
from final
