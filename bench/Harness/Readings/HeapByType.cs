using System.Diagnostics.Tracing;
using System.Text.RegularExpressions;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace ActorSockets.Bench.Harness.Readings;

/// <summary>Every live object of a .NET process, summed up by type, through the runtime's diagnostics port.</summary>
internal static partial class HeapByType
{
    private const long DumpKeywords = 0x1980001; // collect, dump, and say the types' names
    private const int BufferMegabytes = 512;

    /// <summary>Number and bytes of what one type has on the heap.</summary>
    internal readonly record struct Share(long Objects, long Bytes);

    public static async Task<IReadOnlyDictionary<string, Share>> Read(int processId)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var client = new DiagnosticsClient(processId);
        var provider = new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Verbose, DumpKeywords);
        using var session = await client.StartEventPipeSessionAsync([provider], requestRundown: false, BufferMegabytes, bound.Token);
        var names = new Dictionary<ulong, string>();
        var shares = new Dictionary<ulong, Share>();
        var dumped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Task.Run(() =>
        {
            using var source = new EventPipeEventSource(session.EventStream);
            source.Clr.TypeBulkType += types =>
            {
                for (var i = 0; i < types.Count; i++) names[(ulong)types.Values(i).TypeID] = Readable(types.Values(i).TypeName);
            };
            source.Clr.GCBulkNode += nodes =>
            {
                for (var i = 0; i < nodes.Count; i++)
                {
                    var node = nodes.Values(i);
                    var share = shares.GetValueOrDefault((ulong)node.TypeID);
                    shares[(ulong)node.TypeID] = new Share(share.Objects + 1, share.Bytes + (long)node.Size);
                }
            };
            source.Clr.GCStop += _ => dumped.TrySetResult();
            source.Process();
        }, bound.Token);

        // The collection that dumps ends with an event of its own, but the last events lie in a buffer until the session stops.
        await Task.WhenAny(dumped.Task, Task.Delay(TimeSpan.FromSeconds(10), bound.Token));
        await Task.Delay(TimeSpan.FromSeconds(1), bound.Token);
        await session.StopAsync(bound.Token);
        await reading.WaitAsync(bound.Token);
        if (shares.Count == 0) throw new HarnessFault($"process {processId} reported no objects");
        return shares.GroupBy(share => names.GetValueOrDefault(share.Key, "?"), StringComparer.Ordinal).ToDictionary(
            type => type.Key,
            type => new Share(type.Sum(share => share.Value.Objects), type.Sum(share => share.Value.Bytes)),
            StringComparer.Ordinal);
    }

    /// <summary>Without namespaces and arities; what an async method holds while it waits reads as that method.</summary>
    private static string Readable(string name)
    {
        var method = AsyncMethod().Match(name);
        var readable = method.Success ? $"{method.Groups[1]}.{method.Groups[2]} (async)" : name;
        return readable.Length == 0 ? "?" : Qualification().Replace(readable, "");
    }

    [GeneratedRegex(@"([\w.]+)(?:`\d+)?\+<(\w+)>d__\d+")]
    private static partial Regex AsyncMethod();

    [GeneratedRegex(@"(?:\w+\.)+(?=\w+(?:\[|,|\]|`|$|\.\w+ \(async))|`\d+")]
    private static partial Regex Qualification();
}
