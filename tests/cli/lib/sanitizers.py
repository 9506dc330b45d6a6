"""How sanitizers are asked to tell: a report ends a program with a code that none of ours has."""
REPORT = 99
OPTIONS = {"ASAN_OPTIONS": f"exitcode={REPORT}:allocator_may_return_null=1:detect_stack_use_after_return=1", "UBSAN_OPTIONS": f"exitcode={REPORT}:print_stacktrace=1",
           "TSAN_OPTIONS": f"exitcode={REPORT}:allocator_may_return_null=1"}


def asked(env, **more):
    """The environment with these options; more: others of one of them, by its name."""
    return dict(env, **{name: f"{value}:{more[name]}" if name in more else value for name, value in OPTIONS.items()})
