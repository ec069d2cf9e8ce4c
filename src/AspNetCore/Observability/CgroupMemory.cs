using System.Globalization;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// Working set and limit of the process's control group, version 2 or 1: what the kernel counts less the file cache it could drop
/// at once, which is what Kubernetes evicts by. Version 2 also looks at the groups above: the tightest one counts.
/// </summary>
/// <param name="readFile">The file's content, or null when there is none.</param>
internal sealed class CgroupMemory(Func<string, string?> readFile)
{
    private const string Root = "/sys/fs/cgroup";

    // Version 1 writes "no limit" as the largest multiple of a page.
    private const long NoLimit = 1L << 60;

    /// <summary>Null outside a control group, or without a limit.</summary>
    public (long WorkingSet, long Limit)? Read()
    {
        var groups = (readFile("/proc/self/cgroup") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return ReadVersion2(groups) ?? ReadVersion1(groups);
    }

    private (long WorkingSet, long Limit)? ReadVersion2(string[] groups)
    {
        (long WorkingSet, long Limit)? tightest = null;
        var path = Array.Find(groups, g => g.StartsWith("0::", StringComparison.Ordinal))?[3..].TrimEnd('/') ?? "";
        while (true)
        {
            var found = ReadGroup($"{Root}{path}", "memory.current", "memory.max", "inactive_file");
            if (found is { } group && (tightest is not { } best || Share(group) > Share(best))) tightest = found;
            if (path.Length == 0) return tightest;
            path = path[..Math.Max(0, path.LastIndexOf('/'))];
        }
    }

    private (long WorkingSet, long Limit)? ReadVersion1(string[] groups)
    {
        var path = Array.Find(groups, g => g.Split(':') is [_, var controllers, _] && controllers.Split(',').Contains("memory"))?.Split(':')[2].TrimEnd('/') ?? "";
        return ReadGroup($"{Root}/memory{path}", "memory.usage_in_bytes", "memory.limit_in_bytes", "total_inactive_file")
            ?? (path.Length == 0 ? null : ReadGroup($"{Root}/memory", "memory.usage_in_bytes", "memory.limit_in_bytes", "total_inactive_file"));
    }

    private (long WorkingSet, long Limit)? ReadGroup(string directory, string usageFile, string limitFile, string inactiveKey)
    {
        if (Number(readFile($"{directory}/{usageFile}")) is not { } usage) return null;
        if (Number(readFile($"{directory}/{limitFile}")) is not { } limit || limit is <= 0 or >= NoLimit) return null;
        return (Math.Max(0, usage - Inactive(readFile($"{directory}/memory.stat"), inactiveKey)), limit);
    }

    private static long Inactive(string? stat, string key)
    {
        foreach (var line in (stat ?? "").Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.TrimEntries) is [var name, var value] && name == key) return Number(value) ?? 0;
        }

        return 0;
    }

    private static double Share((long WorkingSet, long Limit) group) => (double)group.WorkingSet / group.Limit;

    private static long? Number(string? text) =>
        long.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
