with
    issue as (select * from {{ ref("stg_forms__issue") }}),

    submission as (select * from {{ ref("fct_submission") }}),

    form as (select * from {{ ref("bridge_submission_form") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    product as (select * from {{ ref("dim_product") }}),

    status as (select * from {{ ref("dim_product_status") }}),

    rating_finding as (select * from {{ ref("int_rating_finding") }}),

    product_finding as (select * from {{ ref("int_product_finding") }}),

    movement_finding as (select * from {{ ref("int_movement_finding") }}),

    identity_finding as (select * from {{ ref("int_identity_finding") }}),

    funding_finding as (select * from {{ ref("int_funding_finding") }}),

    layout as (select * from {{ ref("fct_layout") }}),

    form_issue as (
        select
            submission_id,
            rule_id,
            severity,
            family,
            sheet,
            row_number,
            column_title,
            field_name,
            -- Personal data never leaves raw.
            if(is_personal, null, value_text) as value_text,
            expected_text,
            difference,
            amount_vnd_million,
            if(is_personal, 'Ô thông tin cá nhân có lỗi.', message) as message,
            action,
        from
            (
                select
                    *,
                    coalesce(field_name in ({{ "'" ~ var("personal_fields") | join("', '") ~ "'" }}), false)
                    and value_text is not null as is_personal,
                from issue
            )
    ),

    -- The clock against what the unit says; both are kept.
    status_issue as (
        select
            product_status._submission_id as submission_id,
            'MODEL-01' as rule_id,
            'warning' as severity,
            'status' as family,
            product_status._sheet as sheet,
            product_status._row_number as row_number,
            'Tình trạng' as column_title,
            'status_code' as field_name,
            stated.status_name as value_text,
            computed.status_name as expected_text,
            null as difference,
            null::decimal(18, 3) as amount_vnd_million,
            'Sản phẩm "'
            || product.product_name
            || '": đơn vị ghi "'
            || stated.status_name
            || '", tính từ ngày quyết định là "'
            || computed.status_name
            || '".' as message,
            'Xin kiểm tra lại ngày quyết định và tình trạng.' as action,
        from product_status
        inner join product on product_status.product_key = product.product_key
        inner join status as stated on product_status.status_stated_code = stated.status_code
        inner join status as computed on product_status.status_code = computed.status_code
        where product_status.status_stated_code <> product_status.status_code
    ),

    -- A finding of the model names the column as the sender's workbook titles it.
    model_issue as (
        select found.*, layout.header_text as column_title,
        from
            (
                select *
                from rating_finding
                union all
                select *
                from product_finding
                union all
                select *
                from movement_finding
                union all
                select *
                from identity_finding
                union all by name
                select *
                from funding_finding
            ) as found
        left join
            layout
            on found.submission_id = layout.submission_id
            and found.sheet = layout.sheet
            and found.field_name = layout.field_name
    ),

    -- One fault is said once: what the form's rule saw in one workbook the model's knows with the law of
    -- its day
    -- or the other
    -- reports, and takes its place.
    same_fault as (
        select form_rule_id, model_rule_id,
        from
            (
                values
                    ('RATING-06', 'MODEL-19'),
                    ('RATING-08', 'MODEL-10'),
                    ('RATING-09', 'MODEL-16'),
                    ('RATING-10', 'MODEL-12'),
                    ('PRODUCT-06', 'MODEL-22'),
                    ('CROSS-13', 'MODEL-20')
            ) as pair(form_rule_id, model_rule_id)
    ),

    said_again as (
        select model_issue.submission_id, model_issue.sheet, model_issue.row_number, same_fault.form_rule_id,
        from model_issue
        inner join same_fault on model_issue.rule_id = same_fault.model_rule_id
    ),

    finding as (
        select *
        from form_issue
        where
            not exists (
                select 1
                from said_again
                where
                    said_again.submission_id = form_issue.submission_id
                    and said_again.sheet = form_issue.sheet
                    and said_again.row_number = form_issue.row_number
                    and said_again.form_rule_id = form_issue.rule_id
            )
        union all
        select *
        from status_issue
        union all by name
        select *
        from model_issue
    ),

    final as (
        select
            md5(
                finding.submission_id
                || '|'
                || row_number() over (
                    partition by finding.submission_id
                    order by
                        finding.rule_id,
                        finding.sheet,
                        finding.row_number,
                        finding.field_name,
                        finding.message
                )::varchar
            ) as issue_key,
            finding.submission_id,
            submission.unit_code,
            submission.period_code,
            finding.rule_id,
            finding.severity,
            finding.family,
            finding.sheet,
            finding.row_number,
            finding.column_title,
            finding.field_name,
            finding.value_text,
            finding.expected_text,
            finding.difference,
            finding.amount_vnd_million,
            finding.message,
            finding.action,
            -- A finding on a sheet stands with the form it is about, one on the file with the file.
            coalesce(form.is_in_force, submission.is_in_force) as is_in_force,
        from finding
        inner join submission on finding.submission_id = submission.submission_id
        left join
            form
            on finding.submission_id = form.submission_id
            and {{ match_key("finding.sheet") }} = {{ match_key("form.sheet_name") }}
    )

select *
from final
