"""The program by which somebody came stands in the log and in the list of sessions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0024_personal_calendars")]

    operations = [
        migrations.AddField(
            model_name="opensession",
            name="way",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "本站密码或通行密钥"),
                    ("dingtalk", "钉钉"),
                    ("wecom", "企业微信"),
                    ("weixin_mp", "微信"),
                    ("weixin_web", "微信扫码"),
                    ("weixin", "微信"),
                    ("feishu", "飞书"),
                    ("zhezhengding", "浙政钉"),
                    ("oidc", "统一身份认证"),
                ],
                db_default="",
                max_length=16,
                verbose_name="登录方式",
            ),
        ),
        migrations.AddField(
            model_name="signinevent",
            name="way",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "本站密码或通行密钥"),
                    ("dingtalk", "钉钉"),
                    ("wecom", "企业微信"),
                    ("weixin_mp", "微信"),
                    ("weixin_web", "微信扫码"),
                    ("weixin", "微信"),
                    ("feishu", "飞书"),
                    ("zhezhengding", "浙政钉"),
                    ("oidc", "统一身份认证"),
                ],
                db_default="",
                max_length=16,
                verbose_name="登录方式",
            ),
        ),
        migrations.AlterField(
            model_name="credentialchange",
            name="what",
            field=models.CharField(
                choices=[
                    ("password", "密码"),
                    ("email", "邮箱"),
                    ("factor", "第二验证方式"),
                    ("identity", "钉钉、微信等登录方式"),
                ],
                max_length=8,
                verbose_name="改了什么",
            ),
        ),
        migrations.AlterField(
            model_name="opensession",
            name="factor",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "没有两步验证"),
                    ("totp", "动态码"),
                    ("webauthn", "通行密钥"),
                    ("recovery_codes", "恢复码"),
                ],
                db_default="",
                max_length=16,
                verbose_name="验证方式",
            ),
        ),
        migrations.AlterField(
            model_name="signinevent",
            name="factor",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "没有两步验证"),
                    ("totp", "动态码"),
                    ("webauthn", "通行密钥"),
                    ("recovery_codes", "恢复码"),
                ],
                db_default="",
                max_length=16,
                verbose_name="验证方式",
            ),
        ),
        migrations.AlterField(
            model_name="signinevent",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("entered", "登录成功"),
                    ("wrong", "密码不对"),
                    ("wrong-factor", "两步验证没有通过"),
                    ("refused", "次数过多，没有受理"),
                    ("left", "本人退出"),
                    ("idle", "闲置超时，已退出"),
                    ("expired", "到了最长时间，已退出"),
                    ("ended", "从别处结束登录"),
                    ("password", "改了密码"),
                    ("email", "换了邮箱"),
                    ("factor-added", "添加两步验证"),
                    ("factor-removed", "取消两步验证"),
                    ("factor-reset", "两步验证被重置"),
                    ("codes", "换了恢复码"),
                    ("way-added", "绑定其他登录方式"),
                    ("way-removed", "解除其他登录方式"),
                    ("way-failed", "对方没有确认身份"),
                ],
                max_length=16,
                verbose_name="结果",
            ),
        ),
    ]
