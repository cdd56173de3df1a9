"""The cookies of a class, which no script can read: the secrets of a student and of a teacher."""

MEMBER, TEACHER = "backprop_lab_member", "backprop_lab_teacher"
