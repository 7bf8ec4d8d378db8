with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    submission_status as (select * from {{ ref("dim_submission_status") }}),

    final as (
        select
            row_number() over (
                partition by expected_unit.period_code order by expected_unit.unit_code
            )::integer as row_no,
            expected_unit.period_code,
            expected_unit.unit_code as row_code,
            expected_unit.unit_code,
            expected_unit.unit_name,
            expected_unit.submission_status_code,
            submission_status.submission_status_name
            || if(expected_unit.is_from_list, ' (từ danh sách của tỉnh)', '') as submission_status_name,
            (expected_unit.received_at at time zone 'Asia/Ho_Chi_Minh')::date as received_on,
            expected_unit.is_on_time,
            expected_unit.revision_no,
            expected_unit.warning_count,
            expected_unit.knows_funding,
            nullif(
                concat_ws(
                    '; ',
                    -- of a year one half; where both are absent the status says it
                    if(
                        expected_unit.period_code like '%Y'
                        and expected_unit.absent_period_codes not like '%,%',
                        'chưa có số liệu ' || {{ period_words("expected_unit.absent_period_codes") }},
                        null
                    ),
                    expected_unit.form_note
                ),
                ''
            ) as note_words,
            upper(left(note_words, 1)) || substr(note_words, 2) as note,
        from expected_unit
        inner join
            submission_status
            on expected_unit.submission_status_code = submission_status.submission_status_code
    )

select * exclude (note_words),
from final
