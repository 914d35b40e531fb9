"""The shipped words about persons, which no rule may use.

A desk file can add words; nothing can take one away. ``NAMES`` are checked where something gets a name
(field, list, tag, output, a helpdesk's own label); ``SAID`` where words are looked for in text or set as a
value. A word in ``SAID`` is refused as a name too.

Chinese words are found anywhere in the name once separators are gone; English ones are whole words in any of
their forms: ``*`` stands for any ending, ``|alone`` means nothing else may stand in the name. ``ALLOWED``
phrases are about the matter although a listed word is in them (a street, a hospital, a service); they are
taken out first.
"""

from __future__ import annotations

from collections.abc import Mapping

Why = str
"""What the word tells of a person: a key of ``wording.PERSON``."""

NAMES: Mapping[Why, str] = {
    "name": (
        "姓名 名字 真实姓名 客户名 用户名 昵称 信访人 上访人 投诉人 举报人 来访人 申请人 "
        "联系人 当事人 提交人 报告人 xingming xingshi kehu yonghu lianxiren shangfangren "
        "xinfangren tousuren name|alone full_name first_name last_name middle_name given_name "
        "family_name real_name user_name surname nickname name_of_person person_name customer "
        "customer_name requester requestor requester_name submitter submitter_email petitioner "
        "complainant complainer caller caller_name informant author contact contact_person "
        "client creator_name owner_name reporter_name sender from_name person persona "
        "individual user|alone users|alone organisation|alone organization|alone org_name "
        "username login"
    ),
    "identity": (
        "身份证 证件号 证件类型 护照号 社保号 学号 工号 公民身份 实名 人脸 指纹 照片 车牌 "
        "shenfenzheng sfz sfzh zhengjian identity identity_number identification id_number "
        "id_no id_card idcard national_id passport citizen_id social_security ssn "
        "personal_number face_id fingerprint biometric* licence_plate license_plate"
    ),
    "address": (
        "家庭住址 家庭地址 住址 户籍 籍贯 居住地 常住地 现住 联系地址 通讯地址 户口所在地 "
        "zhuzhi jiating huji jiguan home_address residence residential_address postal_address "
        "mailing_address living_address home_town hometown customer_address domicile "
        "place_of_birth birthplace where_lives"
    ),
    "contact": (
        "手机号 电话号码 联系电话 联系方式 微信号 邮箱地址 电子邮箱 qq号 来电号码 主叫号码 "
        "shoujihao lianxidianhua phone|alone phone_number mobile_number mobile|alone telephone "
        "cell_number caller_id email|alone email_address mail_address wechat_id ip_address "
        "contact_details"
    ),
    "ethnicity": (
        "民族 族别 种族 minzu zhongzu ethnic* race|alone racial nationality nationalities "
        "skin_colo* mother_tongue"
    ),
    "religion": (
        "宗教 信仰 教派 政治面貌 zongjiao xinyang zhengzhimianmao religio* faith|alone belief* "
        "creed political_* party_member*"
    ),
    "health": (
        "健康状况 健康情况 健康状态 病史 病历 病情 精神状态 精神状况 心理状态 心理状况 "
        "残疾等级 残疾类别 残疾状况 血型 怀孕情况 jiankang bingshi health health_* diagnos* "
        "disabilit* disabled illness* mental_* medical_history medical_record psychiatric "
        "psycholog* pregnan*"
    ),
    "gender": (
        "性别 年龄 出生日期 出生年月 生日 婚姻 学历 职业 收入状况 家庭成员 家属情况 国籍 "
        "xingbie nianling gender sex|alone sex_of_* sexual* age|alone age_group date_of_birth "
        "birth_date birthday birthdate dob marital* occupation spouse family_member* kinship "
        "income|alone"
    ),
    "feeling": (
        "情绪 思想 态度倾向 心态 sixiang qingxu sentiment* mood* emotion* feeling* anger angry "
        "temper attitude|alone tone|alone tone_of_* thoughts mindset hostil* aggressi*"
    ),
    "history": (
        "上访次数 信访次数 来访次数 投诉次数 举报次数 反映次数 走访次数 历史投诉 历史信访 "
        "历史上访 既往 以往投诉 以往信访 前科 案底 重复上访 重复信访 重复投诉 重复来访 重复访 "
        "初访 shangfangcishu complaint_count complaints_count number_of_complaint* "
        "previous_complaint* prior_complaint* earlier_complaint* past_complaint* "
        "complaint_history complaints_before previous_petition* prior_petition* "
        "earlier_petition* past_petition* petition_count petition_history previous_ticket* "
        "prior_ticket* earlier_ticket* past_ticket* ticket_history ticket_count "
        "previous_visit* earlier_visit* prior_visit* visit_count visit_history "
        "repeat_complain* repeat_petition* repeat_visit* repeat_caller* repeat_offender* "
        "repeated_complain* repeated_petition* repeated_visit* recidiv* criminal_record "
        "conviction* times_complained has_complained_before complained_before"
    ),
    "profile": (
        "画像 人员等级 人员风险 风险人员 客户等级 会员等级 信用分 信用等级 诚信分 个人评分 "
        "人员标签 人员类别 人员类型 huaxiang profile profiling persona user_risk person_risk "
        "risk_person customer_tier customer_rank customer_value credit_score social_score "
        "reputation vip vips important_person"
    ),
}

SAID: Mapping[Why, str] = {
    "label": (
        "老上访 老访户 上访老户 老信访 上访专业户 信访专业户 专业上访 职业上访 上访户 缠访 "
        "缠闹 闹访 闹事 重点人 重点对象 重点信访 重点关注人 重点关注对象 关注对象 稳控 维稳 "
        "挂号人员 刁民 无理取闹 无理上访 无理缠 恶意投诉人 恶意投诉者 恶意上访 职业投诉 "
        "职业打假 非访 涉稳人 不稳定分子 不稳定人员 危险分子 敏感人员 敏感人物 黑名单 "
        "白名单人员 监控对象 管控对象 布控 挑头人 带头闹 组织挑头 骨干分子 前科人员 刑满释放 "
        "吸毒人员 劝返 截访 拦访 laoshangfang* shangfanghu chanfang* naofang* zhongdianren* "
        "wenkong* weiwen* heimingdan vexatious* troublemaker* trouble_maker* trouble_making "
        "serial_complain* serial_petition* habitual_complain* habitual_petition* "
        "habitual_caller* chronic_complain* chronic_petition* persistent_complain* "
        "persistent_petition* frequent_complain* frequent_petition* frequent_caller* "
        "frequent_visitor* professional_complain* professional_petition* nuisance_complain* "
        "nuisance_petition* nuisance_caller* old_petition* old_complain* "
        "unreasonable_complain* unreasonable_petition* difficult_customer* difficult_person* "
        "difficult_petition* difficult_complain* known_petition* known_complain* key_person* "
        "key_individual* key_petition* person_of_interest persons_of_interest "
        "people_of_interest watch_list* watchlist* black_list* blacklist* agitator* "
        "ringleader* rabble_rouser* stability_control* stability_maintenance undesirable* "
        "usual_suspect*"
    ),
    "feeling": (
        "思想动态 思想状况 思想工作对象 情绪激动 情绪不稳 情绪失控 情绪状态 情绪低落 情绪波动 "
        "偏激人 思想偏激 心理异常 sixiangdongtai sentiment_score mood_of_* emotional_state "
        "unstable_person* mentally_unstable"
    ),
    "history": (
        "再次上访 再次信访 再次来访 再次到访 再次走访 多次上访 多次信访 多次来访 多次走访 "
        "多次到访 反复上访 反复信访 反复来访 屡次上访 屡访 又来上访 又来信访 长期上访 重复上访 "
        "重复信访 重复来访 重复访 有前科 repeat_complain* repeat_petition* repeat_caller* "
        "repeated_complain* repeated_petition* complains_again complained_again "
        "complaining_again complained_before complained_many_times previous_complain*"
    ),
    "ethnicity": (
        "少数民族 族群 汉族 汉人 回族 回民 藏族 藏人 藏民 维吾尔 维族 蒙古族 蒙族 壮族 满族 "
        "苗族 彝族 侗族 瑶族 白族 土家族 哈尼族 哈萨克 傣族 黎族 傈僳族 佤族 畲族 高山族 "
        "拉祜族 水族人 东乡族 纳西族 景颇族 柯尔克孜 土族 达斡尔 仫佬族 羌族 布朗族 撒拉族 "
        "毛南族 仡佬族 锡伯族 阿昌族 普米族 塔吉克 怒族 乌孜别克 俄罗斯族 鄂温克 德昂族 保安族 "
        "裕固族 京族 塔塔尔 独龙族 鄂伦春 赫哲族 门巴族 珞巴族 基诺族 朝鲜族 布依族 黑人 白人 "
        "外族 uyghur* uighur* tibetan* mongol* han_chinese hui_people hui_muslim* kazakh* "
        "ethnic_minorit* ethnic_group* ethnicity racial black_people white_people african* "
        "gypsy gypsies roma_people"
    ),
    "religion": (
        "宗教信仰 信教 教徒 信徒 教友 佛教 道教 伊斯兰 穆斯林 基督 天主教 喇嘛 阿訇 邪教 法轮 "
        "muslim* islam* christian christians christianity buddhis* taois* daois* catholic* "
        "protestant* jewish jew jews hindu* sikh* falun* religious_belief* believer* atheis* "
        "cult_member*"
    ),
    "health": (
        "精神病 精神障碍 精神疾病 精神异常 精神失常 精神有问题 神经病 疯子 艾滋 抑郁症 躁郁 "
        "智障 心理疾病 心理有问题 传染病人 mentally_ill mental_illness* mental_disorder* "
        "mental_patient* psychotic* schizophreni* lunatic* insane depressed_person* "
        "hiv_positive aids_patient* madman paranoid*"
    ),
    "identity": ("身份证号 证件号码 护照号码 户籍地 id_number identity_card_number passport_number"),
    "address": ("家庭住址 家住 户籍地址 home_address lives_at"),
    "name": (
        "先生 女士 小姐 太太 真实姓名 姓名为 名叫 他叫 她叫 mr|alone mrs|alone ms|alone "
        "miss|alone whose_name name_is"
    ),
    "gender": ("女性 男性 男子 女子 性别为 单身女 female females male males"),
    "profile": ("个人画像 人员画像 贵宾客户 信用分 vip|alone vip_customer*"),
}

ALLOWED = (
    "民族路 民族街 民族大道 民族广场 民族中学 民族小学 民族学校 民族学院 民族大学 民族医院 "
    "民族团结 民族乡 民族村 民族宗教事务 民宗 回族自治 藏族自治 壮族自治 苗族自治 彝族自治 "
    "侗族自治 瑶族自治 白族自治 土家族苗族 土家族自治 傣族自治 黎族自治 畲族自治 朝鲜族自治 "
    "蒙古族自治 满族自治 维吾尔自治 布依族 哈尼族彝族 哈萨克自治 回族乡 回族区 回民区 回民街 "
    "回民中学 精神病院 精神病医院 精神卫生 心理卫生 心理咨询 公共卫生 健康路 健康街 健康证 "
    "健康码 身份证办理 身份证补办 身份证件办理 办理身份证 补办身份证 服务态度 工作态度 "
    "态度恶劣 信访人数 上访人数 来访人数 投诉人数 举报人数 申请人数 信访人次 上访人次 来访人次 "
    "名字牌 思想道德 联系人数 男子篮球 黑人数 白人数 public_health health_center health_centre "
    "health_insurance health_bureau health_commission health_service health_care_facility "
    "health_certificate health_and_safety mental_health_center mental_health_centre "
    "mental_hospital disabled_access disabled_parking disability_access people_present "
    "contact_rate contact_time contact_within login_problem login_failure service_attitude "
    "staff_attitude user_interface user_manual feeling_unwell confirm_with_submitter "
    "tell_submitter ask_submitter inform_submitter answer_submittercall_submitter "
    "reply_to_submitter tell_petitioner inform_petitioner answer_petitioner"
)
