"""Nothing of patrols is written in the administration: rules are set on their page, walks are read on theirs."""
