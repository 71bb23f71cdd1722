"""Headings of the register of memorials and of the records of looking after them, divided by spaces."""

from __future__ import annotations

from collections.abc import Mapping

MEMORIALS: Mapping[str, str] = {
    "id": "设施编号 设施编码 纪念设施编号 纪念设施编码 烈士纪念设施编号 墓编号 memorialid 点位编号 登记编号 登记号",
    "name": (
        "名称 设施名称 纪念设施名称 烈士纪念设施名称 烈士纪念设施 纪念设施 墓名 碑名 陵园名称 墓碑名称 点位名称 烈士墓名称 "
        "设施全称 memorialname 烈士陵园名称 纪念碑名称 单位名称 保护点名称 烈士墓 烈士姓名"
    ),
    "type": "类型 设施类型 类别 设施类别 纪念设施类型 纪念设施类别 种类 type kind 设施种类 形式 性质",
    "level": (
        "保护级别 级别 等级 保护等级 设施级别 定级 level 批准级别 管护级别 设施等级 定级情况 公布级别 纪念设施级别 保护层级 "
        "管理级别"
    ),
    "village": "所在村 所属村 村居 行政村 村社区",
    "built": (
        "建成年份 建成时间 建造时间 修建时间 建设时间 始建时间 建成年 修建年份 建立时间 建设年份 始建年代 built 建成日期 年代 "
        "建造年代 建墓时间 落成时间 修建年代 始建年份 建造年份"
    ),
    "material": "材质 材料 建筑材料 碑体材质 墓体材质 结构材质 material 主要材质 建造材料",
    "size": "规模 占地面积 面积 尺寸 设施规模 size 建筑面积 体量 规格 占地规模 规格尺寸 总面积",
    "martyrs": (
        "纪念烈士数 烈士数 烈士人数 安葬烈士数 安葬烈士数量 安葬人数 烈士数量 纪念烈士人数 安葬烈士人数 英烈人数 安葬数 "
        "martyrs 纪念人数 安葬数量 烈士名数 安葬烈士 英烈数量 镌刻烈士数"
    ),
    "protecting_unit": (
        "保护单位 管理单位 管护单位 保护管理单位 责任单位 管理机构 保护管理机构 管护责任单位 主管单位 管护主体 管护责任人 "
        "维护单位 管理保护单位 protectingunit 管护人 产权单位 日常管护单位 保护责任单位"
    ),
    "condition": (
        "状况 保存状况 现状 设施状况 保护状况 完好程度 完好情况 保存情况 保护现状 保存现状 condition 设施现状 完损程度 "
        "现状评价 保存程度 维护状况 完好状况 保护情况 总体状况 现存状况"
    ),
    "structure_score": "结构评分 结构得分 本体评分 结构 主体结构评分 本体得分 structure",
    "inscription_score": "铭文评分 铭文得分 碑文评分 文字评分 铭文 碑文得分 字迹评分 inscription",
    "surroundings_score": "环境评分 环境得分 周边环境评分 环境 环境卫生评分 周边环境得分 surroundings",
    "causes": "问题成因 存在问题 问题 病害 损坏原因 损毁原因 成因 病害类型 causes 破损情况 主要病害 损毁情况 问题类型 损坏情况",
    "completeness": "六个一 六个一情况 完备情况 规范化建设 配套设施 completeness 六个一落实情况 六个一建设 已具备项目 配套情况 要素",
    "filing_no": "备案号 备案编号 备案文号 登记备案号 filingno 备案登记号 备案序号",
    "title_no": "权属证号 产权证号 土地证号 不动产权证号 权属证书号 不动产证号 titleno 土地使用证号 权证号 确权证号 不动产登记号",
    "opening_hours": "开放时间 开放情况 开放时段 openinghours 对外开放时间 参观时间 瞻仰时间",
}

MEMORIAL_RANGES: Mapping[str, str] = {
    "id": "范围编号 保护范围编号",
    "memorial": (
        "设施 设施编号 设施名称 纪念设施 纪念设施编号 纪念设施名称 烈士纪念设施 烈士纪念设施名称 烈士纪念设施编号 memorial "
        "memorialid 名称 点位名称 墓名 管护对象 设施点 保护单位名称 纪念设施点"
    ),
    "zone": "范围 范围类别 范围类型 保护范围类型 区域类型 zone 类型 类别 地带",
    "stated_area_mu": "公布面积 面积 划定面积 保护面积 保护范围面积 面积亩 亩数 statedarea 公布面积亩",
    "basis": "划定依据 依据 公布文件 批准文件 依据文件 文号 basis 公布依据 批准文号",
}

AGREEMENTS: Mapping[str, str] = {
    "id": "协议编号 协议号 agreementid 合同编号",
    "memorial": (
        "设施 设施编号 设施名称 纪念设施 纪念设施编号 纪念设施名称 烈士纪念设施 烈士纪念设施名称 烈士纪念设施编号 memorial "
        "memorialid 名称 点位名称 墓名 管护对象 设施点 保护单位名称 纪念设施点"
    ),
    "party": "管护单位 管护人 签约单位 协议单位 承接单位 管护责任人 乙方 管护方 party 签约方 管护责任单位 签订单位",
    "valid_from": "协议起 签订日期 签约日期 协议签订日期 起始日期 开始日期 协议开始日期 签订时间 签约时间 生效日期 协议起始日期 起",
    "valid_to": "协议止 到期日期 协议到期日期 截止日期 终止日期 有效期至 协议截止日期 结束日期 到期时间 协议期限 止 协议终止日期",
}

INSPECTIONS: Mapping[str, str] = {
    "id": "巡查编号 巡查记录编号 inspectionid 巡检编号",
    "memorial": (
        "设施 设施编号 设施名称 纪念设施 纪念设施编号 纪念设施名称 烈士纪念设施 烈士纪念设施名称 烈士纪念设施编号 memorial "
        "memorialid 名称 点位名称 墓名 管护对象 设施点 保护单位名称 纪念设施点"
    ),
    "date": "巡查日期 巡查时间 巡检日期 巡检时间 检查日期 检查时间 日期 date inspected 巡护日期",
    "condition": (
        "状况 保存状况 现状 设施状况 保护状况 完好程度 完好情况 保存情况 保护现状 保存现状 condition 设施现状 完损程度 "
        "现状评价 保存程度 维护状况 完好状况 保护情况 总体状况 现存状况 巡查结果 巡查结论 巡查情况"
    ),
    "structure_score": "结构评分 结构得分 本体评分 结构 主体结构评分 本体得分 structure",
    "inscription_score": "铭文评分 铭文得分 碑文评分 文字评分 铭文 碑文得分 字迹评分 inscription",
    "surroundings_score": "环境评分 环境得分 周边环境评分 环境 环境卫生评分 周边环境得分 surroundings",
    "note": "巡查说明 巡查记录 问题描述 发现问题 存在问题 巡查发现",
}

DEFECTS: Mapping[str, str] = {
    "id": "病害编号 问题编号 隐患编号 defectid",
    "memorial": (
        "设施 设施编号 设施名称 纪念设施 纪念设施编号 纪念设施名称 烈士纪念设施 烈士纪念设施名称 烈士纪念设施编号 memorial "
        "memorialid 名称 点位名称 墓名 管护对象 设施点 保护单位名称 纪念设施点"
    ),
    "inspection": "巡查记录 巡查编号 巡查记录编号 巡检编号 inspection inspectionid",
    "cause": "成因 病害类型 病害 问题类型 原因 问题成因 损坏原因 cause 隐患类型 病害种类 问题类别 损毁原因",
    "priority": "优先级 紧急程度 修缮优先级 处置等级 优先等级 priority 轻重缓急 修缮等级 风险等级",
    "found": "发现日期 发现时间 上报日期 登记日期 found 发现于 上报时间",
    "resolved": "销号日期 整改日期 整改完成日期 解决日期 消除日期 resolved 销号时间 整改完成时间 办结日期 完成日期",
    "note": "问题描述 病害描述 具体情况 问题说明",
}

WORKS: Mapping[str, str] = {
    "id": "工程编号 项目编号 workid projectid",
    "memorial": (
        "设施 设施编号 设施名称 纪念设施 纪念设施编号 纪念设施名称 烈士纪念设施 烈士纪念设施名称 烈士纪念设施编号 memorial "
        "memorialid 名称 点位名称 墓名 管护对象 设施点 保护单位名称 纪念设施点"
    ),
    "kind": "类别 工程类别 项目类型 工程类型 修缮类型 类型 kind 项目类别 建设性质 工程性质",
    "state": "进度 工程进度 状态 项目进度 工程状态 进展 state status 项目状态 进展情况 当前进度 实施进度",
    "approval_no": "批准文号 批复文号 审批文号 批文号 approvalno 批准文件号 批复号",
    "budget_yuan": (
        "预算 预算金额 预算资金 计划投资 概算 投资额 总投资 budget 申请资金 计划资金 预算元 项目预算 预算投资 投资 投资金额 资金 资金额 "
        "总预算 投资总额"
    ),
    "spent_yuan": "支出 实际支出 已支出 决算 完成投资 实际投资 spent 使用资金 支出金额 结算金额 已用资金 支付金额 决算金额",
    "reported": "上报日期 上报时间 申报日期 申报时间 立项日期 立项时间 reported 报批日期 提出日期",
    "finished": "验收日期 验收时间 完工日期 竣工日期 竣工时间 完工时间 finished 完成日期 完成时间",
    "note": "工程说明 工程内容 修缮内容 项目内容 主要内容 施工内容 建设内容",
}
