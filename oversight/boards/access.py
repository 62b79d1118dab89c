"""Who looks at the boards: those who see every case. What they list is `visible_to`'s rule alone."""

from accounts.roles import Role

LOOK_ON = (Role.OVERSEER, Role.AUDITOR, Role.DESK)
