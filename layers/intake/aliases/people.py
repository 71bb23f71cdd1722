"""Headings of lists of households and of visits, divided by spaces."""

from __future__ import annotations

from collections.abc import Mapping

HOUSEHOLDS: Mapping[str, str] = {
    "id": "户编号 家庭编号 户号 家庭编码 户编码 档案编号 档案号 建档编号 户ID householdid 家庭ID 优抚证编号",
    "village": "所在村 所属村 村居 行政村 村社区",
    "categories": (
        "对象类别 人员类别 优抚类别 对象类型 人员类型 优抚对象类别 优抚对象类型 身份类别 人员身份 服务对象类别 服务对象类型 "
        "类别 类型 身份类型 优抚身份 抚恤类别 家庭类别 户类别 退役军人类别 退役军人类型 category type 优待对象类别 待遇类别 "
        "抚恤补助类别 优待类别 对象身份 人员性质 重点对象类别 身份 优抚对象 人员分类 对象分类 军属类别 标签 人群类别"
    ),
    "persons": (
        "服务对象人数 人数 对象人数 服务人数 优抚人数 优抚对象人数 户内对象数 服务对象数 退役军人数 退役军人人数 户内人数 "
        "户内退役军人数 家庭服务对象数 对象数 persons count 服务对象 家庭对象人数 家庭优抚对象数 户内服务对象人数"
    ),
    "eldest_birth_year": (
        "最年长者出生年 出生年 出生年月 出生年份 出生日期 出生年月日 生年 生日 出生时间 户主出生年月 本人出生年月 出生 "
        "birthyear birthdate dateofbirth dob birthday 最年长者出生年份 年长者出生年 最长者出生年月"
    ),
    "lives_alone": "独居 是否独居 独居老人 是否空巢 空巢独居 是否单独居住 独居情况 是否独居老人 空巢 livesalone alone",
    "difficulty": (
        "困难情况 困难类型 困难类别 困难原因 困难程度 致困原因 家庭困难情况 困难状况 是否困难 生活困难情况 帮扶类别 困难等级 "
        "家庭经济状况 经济状况 社会救助类别 救助类别 difficulty 困难情形 低保情况 困难户类型 兜底保障类型"
    ),
    "plaque_hung": (
        "光荣牌 是否悬挂光荣牌 光荣牌已挂 是否挂光荣牌 光荣牌悬挂 光荣牌悬挂情况 悬挂光荣牌 悬挂情况 是否悬挂 光荣之家 "
        "光荣之家牌 光荣牌是否悬挂 光荣牌挂牌情况 是否已挂光荣牌 挂牌情况 是否已悬挂光荣牌 plaque 光荣之家牌匾 是否挂牌 "
        "光荣牌悬挂与否 是否悬挂光荣之家牌 光荣牌情况"
    ),
    "adaptation": (
        "适老化改造 适老化改造情况 适老化 宜居改造 宜居工程 居家改造 家庭适老化改造 改造情况 改造状态 改造进度 适老改造 "
        "居家适老化改造 适老化改造进度 适老化改造状态 adaptation 无障碍改造 宜居化改造 是否适老化改造 改造进展"
    ),
    "adaptation_yuan": (
        "改造金额 改造资金 改造费用 改造投入 适老化改造金额 适老化改造资金 适老化改造费用 改造补助 改造经费 宜居改造金额 "
        "改造补助金额 改造款 adaptationcost 改造投入金额 补助金额"
    ),
    "pairing": (
        "结对人 结对人组 结对 结对干部 结对联系人 包户干部 帮扶人 帮扶责任人 帮扶干部 联系干部 责任人 包联干部 包保人 "
        "包保责任人 结对帮扶人 联户干部 包户责任人 结对志愿者 志愿服务队 结对队伍 帮扶联系人 联络员 结对志愿服务队 包村干部 "
        "网格员 走访责任人 pairing pairedwith 结对单位 结对服务人员 联系服务人员 挂钩干部 挂联干部 包联责任人"
    ),
    "last_contact": (
        "最近联系 最近联系日期 最近联系时间 最后联系 上次联系 上次联系时间 最近一次联系 联系日期 联系时间 最近电话联系 "
        "最后联系时间 lastcontact 最后联系日期 最近一次联系时间 电话联系时间 上次联系日期"
    ),
    "last_visit": (
        "最近走访 最近走访日期 最近走访时间 最后走访 上次走访 上次走访时间 走访日期 走访时间 最近一次走访 最近慰问 慰问时间 "
        "最近走访慰问 走访慰问时间 入户时间 最后走访时间 lastvisit 最近入户 最近入户时间 最近一次走访时间 上次走访日期 "
        "走访慰问日期 最近慰问时间 入户走访时间 入户日期"
    ),
    "contact_name": (
        "姓名 成员姓名 家庭成员姓名 家庭成员 "
        "联系人 户主 户主姓名 本人姓名 对象姓名 联系人姓名 优抚对象姓名 人员姓名 服务对象姓名 退役军人姓名 户主名 "
        "家庭联系人 军人姓名 name contact contactname fullname 烈属姓名 军属姓名 老兵姓名 被走访人 持证人 户名 名字 家属姓名 "
        "遗属姓名 姓名本人"
    ),
    "phone": (
        "电话 联系电话 手机 手机号 手机号码 联系方式 电话号码 联系电话号码 移动电话 本人电话 户主电话 联系人电话 固定电话 "
        "座机 家庭电话 联系手机 phone tel telephone mobile phonenumber mobilephone 本人联系电话 常用电话 手机电话 "
        "户主联系电话 本人手机号 联系人手机 联系人联系电话 家属电话 亲属电话 紧急联系电话"
    ),
    "identity_no": (
        "身份证号 身份证号码 身份证 公民身份号码 公民身份证号 公民身份证号码 证件号 证件号码 居民身份证 居民身份证号 "
        "居民身份证号码 户主身份证号 户主身份证号码 本人身份证号 本人身份证号码 身份号码 有效证件号码 idcard idnumber idno "
        "identitynumber identityno idcardno idcardnumber 身份证件号 身份证件号码 身份证编号 户主身份证 二代身份证号 "
        "公民身份证 citizenid nationalid sfzh sfz"
    ),
}

MEMBERS: Mapping[str, str] = {
    "household_no": (
        "户号 家庭编号 户编号 家庭编码 户编码 家庭号 家庭序号 户序号 户次 户口簿号 户口本号 户籍号 家庭户号 所在户号 户内编号 本户编号 "
        "householdno householdnumber familyno"
    ),
    "head_name": "户主 户主姓名 户主名 户主名字 所属户主 所在户户主 家庭户主 householder headofhousehold headname",
    "relation": (
        "与户主关系 与户主的关系 与户主之关系 户主关系 同户主关系 和户主关系 家庭关系 家庭成员关系 成员关系 与本人关系 关系 "
        "relation relationship relationtohead"
    ),
}
"""What gathers the rows of one household, on lists with one row a person."""

PERSON: Mapping[str, str] = {
    "contact_name": f"{HOUSEHOLDS['contact_name']} 走访对象 被走访人 走访对象姓名 慰问对象 慰问对象姓名 对象 被访人 被慰问人 受访人",
    "phone": HOUSEHOLDS["phone"],
    "identity_no": HOUSEHOLDS["identity_no"],
}
"""What tells a household by its person, on lists of records about households."""

VISITS: Mapping[str, str] = {
    "id": "走访编号 走访记录编号 记录号 visitid",
    "household": "家庭 户编号 家庭编号 户号 走访对象编号 对象编号 家庭编码 householdid household 被走访家庭 走访家庭 档案编号 走访户",
    "date": "走访日期 走访时间 日期 时间 慰问日期 慰问时间 入户日期 入户时间 走访慰问时间 走访慰问日期 visitdate date 联系日期",
    "kind": "方式 走访方式 走访形式 联系方式 慰问方式 形式 kind method 走访类型",
    "campaign": "活动 活动名称 走访活动 批次 节日 慰问活动 主题 走访批次 走访事由 事由 campaign 慰问批次 专项行动 时段",
    "outcome": "结果 走访结果 走访情况 见面情况 是否见面 反馈 走访反馈 outcome result 状态 办理结果 完成情况 走访状态",
}
