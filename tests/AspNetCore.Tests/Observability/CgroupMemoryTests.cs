using ActorSockets.AspNetCore.Observability;

namespace ActorSockets.AspNetCore.Tests.Observability;

public sealed class CgroupMemoryTests
{
    [Fact]
    public void Version_2_in_a_container() => Assert.Equal((700, 1000), Read(
        ("/proc/self/cgroup", "0::/\n"), ("/sys/fs/cgroup/memory.current", "800\n"), ("/sys/fs/cgroup/memory.max", "1000\n"),
        ("/sys/fs/cgroup/memory.stat", "anon 600\ninactive_file 100\nactive_file 50\n")));

    [Fact]
    public void Version_2_takes_the_tightest_of_its_own_and_the_groups_above() => Assert.Equal((450, 500), Read(
        ("/proc/self/cgroup", "0::/pod/app\n"), ("/sys/fs/cgroup/pod/app/memory.current", "400"), ("/sys/fs/cgroup/pod/app/memory.max", "1000"),
        ("/sys/fs/cgroup/pod/memory.current", "450"), ("/sys/fs/cgroup/pod/memory.max", "500"), ("/sys/fs/cgroup/memory.current", "9")));

    [Fact]
    public void Version_2_without_a_limit_is_nothing() => Assert.Null(Read(
        ("/proc/self/cgroup", "0::/a\n"), ("/sys/fs/cgroup/a/memory.current", "800"), ("/sys/fs/cgroup/a/memory.max", "max\n")));

    [Fact]
    public void Version_1_in_a_container_and_in_a_group_of_the_host()
    {
        Assert.Equal((700, 1000), Read(
            ("/proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n"), ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "800"),
            ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "1000"), ("/sys/fs/cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file 100\n")));
        Assert.Equal((800, 1000), Read(
            ("/proc/self/cgroup", "4:memory:/a\n"), ("/sys/fs/cgroup/memory/a/memory.usage_in_bytes", "800"), ("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "1000")));
    }

    [Fact]
    public void Version_1_without_a_limit_is_nothing() => Assert.Null(Read(
        ("/proc/self/cgroup", "4:memory:/\n"), ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "800"), ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712")));

    [Fact]
    public void No_control_group_or_nonsense_in_it_is_nothing()
    {
        Assert.Null(Read());
        Assert.Null(Read(("/sys/fs/cgroup/memory.current", "x"), ("/sys/fs/cgroup/memory.max", "1000")));
        Assert.Null(Read(("/sys/fs/cgroup/memory.current", "5"), ("/sys/fs/cgroup/memory.max", "0")));
    }

    private static (long, long)? Read(params (string Path, string Content)[] files) =>
        new CgroupMemory(path => files.FirstOrDefault(f => f.Path == path).Content).Read();
}
