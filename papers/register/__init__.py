"""The paper itself: drafted, signed by deputies, submitted, admitted, assigned; its places, files and versions."""
