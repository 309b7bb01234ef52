"""How satisfied deputies and the public are with what was done (满意度测评)."""
