"""Coded lists shared by the layers, with Chinese and English labels."""

from __future__ import annotations

from layers.schema import Field, Kind, Label, Vocabulary


def _terms(**labels: tuple[str, str]) -> dict[str, Label]:
    return {code: Label(*label) for code, label in labels.items()}


PRECISION = Vocabulary("precision", _terms(
    door=("门牌", "Door"),
    building=("楼栋", "Building"),
    group=("村民小组", "Villagers' group"),
    village=("村（居）中心", "Village centre"),
    unknown=("不详", "Unknown"),
))
IMPRECISE = ("village", "unknown")
"""Precisions too coarse for a travel time to mean anything."""

TOWNSHIP_KIND = Vocabulary("township_kind", _terms(
    zhen=("镇", "Town"),
    xiang=("乡", "Township"),
    jiedao=("街道", "Subdistrict"),
    zone=("开发区/农场", "Zone or farm"),
    other=("其他", "Other"),
))
VILLAGE_KIND = Vocabulary("village_kind", _terms(
    cun=("村", "Village"),
    shequ=("社区", "Community"),
    other=("其他", "Other"),
))
STATION_LEVEL = Vocabulary("station_level", _terms(
    county=("县级中心", "County centre"),
    township=("乡镇（街道）站", "Township station"),
    village=("村（社区）站", "Village station"),
))
STATION_STATUS = Vocabulary("station_status", _terms(
    open=("运行", "Open"),
    planned=("筹建", "Planned"),
    closed=("停办", "Closed"),
))
GRADE = Vocabulary("grade", _terms(
    model=("示范型", "Model"),
    star5=("五星级", "Five stars"),
    star4=("四星级", "Four stars"),
    star3=("三星级", "Three stars"),
    standard=("达标", "Up to standard"),
))
SUPPORT_KIND = Vocabulary("support_kind", _terms(
    merchant=("拥军商户", "Merchant"),
    post=("退役军人驿站", "Veterans' post"),
    health=("健康关爱站", "Health care station"),
    window=("优先窗口", "Priority window"),
    employment=("就业创业点", "Employment site"),
    honour=("荣誉点位", "Honour site"),
    street=("双拥街", "Double-support street"),
))
BUSINESS = Vocabulary("business", _terms(
    medical=("医疗", "Medical"),
    elderly=("养老", "Elderly care"),
    transport=("交通", "Transport"),
    culture=("文旅", "Culture and travel"),
    catering=("餐饮", "Catering"),
    lodging=("住宿", "Lodging"),
    shopping=("购物", "Shopping"),
    finance=("金融", "Finance"),
    telecom=("通信", "Telecom"),
    education=("教育培训", "Education and training"),
    legal=("法律", "Legal"),
    household=("家政", "Household services"),
))
MEMORIAL_TYPE = Vocabulary("memorial_type", _terms(
    cemetery=("烈士陵园", "Martyrs' cemetery"),
    hall=("纪念堂馆", "Memorial hall"),
    monument=("纪念碑亭", "Monument or pavilion"),
    tower=("纪念塔祠", "Tower or shrine"),
    statue=("纪念塑像", "Statue"),
    square=("纪念广场", "Memorial square"),
    columbarium=("烈士骨灰堂", "Columbarium"),
    grave=("烈士墓", "Martyr's grave"),
    wall=("英名墙", "Wall of names"),
))
MEMORIAL_LEVEL = Vocabulary("memorial_level", _terms(
    national=("国家级", "National"),
    provincial=("省级", "Provincial"),
    municipal=("设区的市级", "Municipal"),
    county=("县级", "County"),
    township=("乡镇级", "Township"),
    ungraded=("零散（未定级）", "Ungraded"),
))
CONDITION = Vocabulary("condition", _terms(
    intact=("完好", "Intact"),
    good=("较好", "Good"),
    fair=("一般", "Fair"),
    poor=("较差", "Poor"),
    ruined=("损毁", "Ruined"),
))
COMPLETENESS = Vocabulary("completeness", _terms(
    sign=("标识", "Sign"),
    biography=("事迹简介", "Biography"),
    stele=("规范碑体", "Standard stele"),
    boundary=("保护界线", "Protection boundary"),
    rules=("管理制度", "Management rules"),
    road=("进出道路", "Access road"),
))
CAUSE = Vocabulary("cause", _terms(
    crack=("开裂", "Crack"),
    subsidence=("沉降", "Subsidence"),
    illegible=("字迹不清", "Illegible"),
    weeds=("杂草", "Weeds"),
    path_blocked=("道路不通", "Path blocked"),
    encroachment=("被侵占", "Encroachment"),
    construction=("违规建设", "Other construction"),
    unlit=("无照明", "Unlit"),
    no_sign=("无标识", "No sign"),
))
ZONE = Vocabulary("zone", _terms(
    protection=("保护范围", "Protection range"),
    control=("建设控制地带", "Control zone"),
))
CATEGORY = Vocabulary("category", _terms(
    veteran=("退役军人", "Veteran"),
    disabled=("残疾军人", "Disabled soldier"),
    martyr_kin=("烈士遗属", "Martyr's kin"),
    duty_kin=("因公牺牲军人遗属", "Kin of soldier died on duty"),
    illness_kin=("病故军人遗属", "Kin of soldier died of illness"),
    active_family=("现役军人家属", "Active-duty family"),
    demobilised=("在乡复员军人", "Demobilised, rural"),
    ill_returned=("带病回乡", "Returned ill"),
    combat=("参战参试", "Combat or test veteran"),
    rural_60=("60周岁以上农村籍退役士兵", "Rural ex-soldier over 60"),
    martyr_child=("老年烈士子女", "Elderly child of a martyr"),
    empty_nest=("空巢老兵", "Empty-nest veteran"),
    hardship=("困难家庭", "Household in hardship"),
))
DIFFICULTY = Vocabulary("difficulty", _terms(
    none=("无", "None"),
    minimum=("低保", "Minimum living allowance"),
    edge=("低保边缘", "Near the allowance line"),
    illness=("重病", "Severe illness"),
    disability=("重残", "Severe disability"),
    sudden=("突发困难", "Sudden hardship"),
))
ADAPTATION = Vocabulary("adaptation", _terms(
    none=("未列入", "Not listed"),
    listed=("已列入", "Listed"),
    working=("施工中", "Under way"),
    done=("已完成", "Done"),
))
ROAD_CLASS = Vocabulary("road_class", _terms(
    motorway=("高速公路", "Motorway"),
    trunk=("干线公路", "Trunk road"),
    arterial=("城市主干路", "Arterial"),
    county=("县道", "County road"),
    township=("乡道", "Township road"),
    street=("街道", "Street"),
    village=("村道", "Village road"),
    lane=("巷道", "Lane"),
    track=("机耕路", "Track"),
    path=("小路", "Path"),
    steps=("台阶", "Steps"),
    ferry=("渡口", "Ferry"),
))
ONEWAY = Vocabulary("oneway", _terms(
    no=("双向", "Both ways"),
    forward=("顺线单行", "Along the line"),
    backward=("逆线单行", "Against the line"),
))
SURFACE = Vocabulary("surface", _terms(
    paved=("硬化", "Paved"),
    gravel=("砂石", "Gravel"),
    earth=("土路", "Earth"),
))
ROAD_ACCESS = Vocabulary("road_access", _terms(
    all=("车人皆可", "All"),
    no_motor=("禁机动车", "No motor vehicles"),
    foot=("仅步行", "On foot only"),
    motor=("仅机动车", "Motor vehicles only"),
    no_foot=("禁止步行", "No pedestrians"),
    none=("不通行", "Closed to the public"),
))
CHECK_KIND = Vocabulary("check_kind", _terms(
    monthly=("月度回头看", "Monthly review"),
    random=("随机抽查", "Random check"),
))
WORK_KIND = Vocabulary("work_kind", _terms(
    repair=("修缮", "Repair"),
    relocation=("迁移", "Relocation"),
    upkeep=("维护", "Upkeep"),
    upgrade=("提升", "Upgrade"),
))
WORK_STATE = Vocabulary("work_state", _terms(
    reported=("上报", "Reported"),
    verified=("核查", "Verified"),
    approved=("批准", "Approved"),
    building=("施工", "Under way"),
    accepted=("验收", "Accepted"),
    not_needed=("不需修", "Not needed"),
    handed_over=("转交", "Handed over"),
))
PRIORITY = Vocabulary("priority", _terms(
    A=("A 危急且无方案", "A immediate risk, no agreed solution"),
    B=("B 危急有方案", "B immediate risk, solution agreed"),
    C=("C 缓慢恶化无方案", "C slow decay, no agreed solution"),
    D=("D 缓慢恶化有方案", "D slow decay, solution agreed"),
    E=("E 正在处置", "E under repair, use not yet settled"),
    F=("F 施工中或已完成", "F works under way or done"),
))
VISIT_KIND = Vocabulary("visit_kind", _terms(
    home=("入户", "At home"),
    evening=("夜谈", "Evening talk"),
    video=("视频", "By video"),
    phone=("电话", "By phone"),
))
VISIT_OUTCOME = Vocabulary("visit_outcome", _terms(
    done=("已见面", "Done"),
    nobody=("家中无人", "Nobody home"),
    refused=("谢绝", "Refused"),
    moved=("已搬离", "Moved away"),
    follow_up=("需跟进", "Needs follow-up"),
))


def identifier() -> Field:
    """The ``id`` that every layer begins with."""
    return Field(name="id", label=Label("编号", "ID"), required=True)


def name(*, required: bool = True) -> Field:
    """The ``name`` of a thing (never of a person)."""
    return Field(name="name", label=Label("名称", "Name"), required=required)


def precision() -> Field:
    """How exactly a point's place is known."""
    return Field(name="precision", label=Label("定位精度", "Precision"), kind=Kind.CHOICE, required=True,
                 vocabulary=PRECISION)
