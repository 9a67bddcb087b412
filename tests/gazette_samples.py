"""Made-up gazettes of the city of 云江, in the forms in which gazettes come."""

from __future__ import annotations

CONTENTS = """云江市人民政府公报
2021年第3期（总第87期）
云江市人民政府办公室主办　　2021年3月31日出版
目　　录
【市政府文件】
云江市人民政府关于印发云江市城市公园管理办法的通知（云政发〔2021〕5号）………………………………（3）
云江市人民政府关于表彰2020年度护林工作
先进集体的决定（云政发〔2021〕6号）……………………………………………（6）
【市政府办公室文件】
云江市人民政府办公室转发市财政局关于清理规范性文件意见的通知（云政办发〔2021〕9号）………（8）
【人事任免】
云江市人民政府关于李明等同志职务任免的通知………………………………………………（10）
【更正】
更正……………………………………………………………………………（11）
"""

ARTICLES = (
    """云江市人民政府关于印发
云江市城市公园管理办法的通知
云政发〔2021〕5号
各县（区）人民政府，市政府各部门：
现将《云江市城市公园管理办法》印发给你们，请认真贯彻执行。
云江市人民政府
2021年3月2日
云江市城市公园管理办法
第一条　为了加强城市公园管理，根据《云江市园林条例》，制定本办法。
第二条　本市行政区域内的公园适用本办法。
第三条　市园林局负责城市公园的监督管理。2012年5月1日云政发〔2012〕8号文件同时废止。
""",
    """云江市人民政府关于表彰2020年度护林工作
先进集体的决定
云政发〔2021〕6号
各县（区）人民政府，市政府各部门：
2020年，全市护林工作成效明显。为激励先进，市政府决定对市林业局等五个单位予以表彰。
云江市人民政府
2021年3月8日
""",
    """云江市人民政府办公室
转发市财政局关于清理规范性文件意见的通知
云政办发〔2021〕9号
各县（区）人民政府，市政府各部门：
市财政局《关于清理规范性文件的意见》已经市政府同意，现转发给你们。
云江市人民政府办公室
2021年3月15日
关于清理规范性文件的意见
市财政局
（2021年3月10日）
一、清理范围。凡2015年以前印发的文件均应清理。
二、清理分工。谁起草、谁清理。
""",
    """云江市人民政府关于李明等同志职务任免的通知
市政府各部门：
李明同志任云江市教育局局长；免去王红同志的云江市教育局局长职务。
云江市人民政府
2021年3月20日
""",
    """更正
本刊2021年第2期第14页刊登的《云江市户外广告管理办法》（云政发〔2021〕3号）第四条“三十日”应为“十三日”，特此更正。
云江市人民政府办公室
2021年3月25日
""",
)
SECTIONS = ("市政府文件", "", "市政府办公室文件", "人事任免", "更正")
IMPRINT = """主办：云江市人民政府办公室
编辑出版：云江市人民政府公报编辑室
准印证号：云新出印字第012号
"""
NUMBERS = ("云政发〔2021〕5号", "云政发〔2021〕6号", "云政办发〔2021〕9号", None, None)


def issue_text() -> str:
    """The whole issue as one long text."""
    parts = [CONTENTS]
    for section, article in zip(SECTIONS, ARTICLES, strict=True):
        parts += [f"{section}\n" if section and section != "更正" else "", article]
    return "".join([*parts, IMPRINT])


def without_contents() -> str:
    """The issue without its table of contents."""
    return "云江市人民政府公报\n2021年第3期（总第87期）\n" + "".join(ARTICLES[:4])


REGISTER = """<FEDREG>
<VOL>9</VOL><NO>12</NO><DATE>Monday, March 1, 2021</DATE><UNITNAME>Contents</UNITNAME>
<CNTNTS><AGCY><HD>Parks Office</HD><CAT><HD>RULES</HD><DOCENT><DOC>Opening Hours of Gardens, </DOC><PGS>1203-1204</PGS><FRDOCBP>2021-00011</FRDOCBP></DOCENT></CAT></AGCY></CNTNTS>
<VOL>9</VOL><NO>12</NO><DATE>Monday, March 1, 2021</DATE><UNITNAME>Rules and Regulations</UNITNAME>
<RULES><RULE><PREAMB><PRTPAGE P="1203"/><AGENCY>DEPARTMENT OF GARDENS</AGENCY><SUBAGY>Parks Office</SUBAGY><CFR>1 CFR Part 2</CFR><SUBJECT>Opening Hours of Gardens</SUBJECT><AGY><HD>AGENCY:</HD><P>Parks Office.</P></AGY><ACT><HD>ACTION:</HD><P>Final rule.</P></ACT></PREAMB>
<P>Gardens open at <E>eight</E>.<PRTPAGE P="1204"/></P><FRDOC>[FR Doc. 2021-00011 Filed 2-26-21; 8:45 am]</FRDOC><BILCOD>BILLING CODE 1234-56-P</BILCOD></RULE></RULES>
<VOL>9</VOL><NO>12</NO><DATE>Monday, March 1, 2021</DATE><UNITNAME>Notices</UNITNAME>
<NOTICES><NOTICE><PREAMB><AGENCY>BOARD OF RIVERS AND LAKES</AGENCY><SUBJECT>Fishing Days; Correction</SUBJECT><AGY><HD>AGENCY:</HD><P>Board of Rivers and Lakes.</P></AGY><ACT><HD>ACTION:</HD><P>Notice; correction.</P></ACT></PREAMB>
<P>In FR Doc. 2021-00011, appearing on page 1203, “eight” should read “nine”.</P><FRDOC>[FR Doc. C1-2021-00011 Filed 2-26-21; 8:45 am]</FRDOC><BILCOD>BILLING CODE 1234-56-P</BILCOD></NOTICE></NOTICES>
</FEDREG>
"""

GENERIC = """<?xml version="1.0" encoding="UTF-8"?>
<公报><刊名>云江市人民政府公报</刊名><年>2021</年><期>4</期><出版日期>2021-04-30</出版日期><卷首语>本期发布两件文件。</卷首语>
<文章 id="a1"><标题>云江市人民政府关于设立河长的通知</标题><文号>云政发〔2021〕11号</文号><发文机关>云江市人民政府</发文机关><成文日期>2021-04-02</成文日期><页码>3</页码><正文><p>各县（区）人民政府：</p><p>市政府决定设立河长。</p></正文></文章>
<文章 id="a2"><标题>云江市财政局、云江市民政局关于救助标准的通知</标题><文号>云财发〔2021〕2号;云民发〔2021〕4号</文号><发文机关>云江市财政局、云江市民政局</发文机关><成文日期>2021-04-09</成文日期><正文><p>救助标准为每月六百元。</p></正文></文章>
</公报>
"""
