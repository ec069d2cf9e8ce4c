using System.Globalization;
using System.Text.Json;
using ActorSockets.Bench.Harness.Report;

namespace ActorSockets.Bench.Harness.Holding;

/// <summary>The table of a holding run, and its files.</summary>
internal static class HeldReport
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Table(HeldResult result)
    {
        var table = new MarkdownTable("what", $"{result.Held:#,0} connections in {result.Processes} processes");
        table.Add("wanted", $"{result.Wanted:#,0}");
        table.Add("stopped by", result.StoppedBy ?? "nothing");
        table.Add("opened in, s", Number(result.RampSeconds));
        table.Add("refused or failed connects", $"{result.Refused:#,0}");
        if (result is { Full: { } full, Before: { } before, Held: > 0 })
        {
            Memory("gateways, proportional", full.ServersPss);
            Memory("gateways, resident (shared pages counted in each)", full.ServersRss);
            Memory("generators, proportional", full.GeneratorsPss);
            Memory("kernel slab, both ends", full.Machine.Slab - before.Slab);
            Memory("kernel socket buffers, both ends", full.Machine.SocketBuffers - before.SocketBuffers);
            Memory("page tables", full.Machine.PageTables - before.PageTables);
            Memory("all of it: what is less available than before", before.Available - full.Machine.Available);
            table.Add("still available, GB", Number(full.Machine.Available / 1e9));
            table.Add("TCP sockets", $"{full.Machine.Sockets:#,0}");
        }

        if (result is { Full: { } begun, AfterHolding: { } after, HeldSeconds: > 0 })
        {
            table.Add("held for, s", Number(result.HeldSeconds));
            table.Add("ended while held", $"{result.EndedWhileHeld:#,0}");
            table.Add("gateways' memory after holding, proportional, GB", Number(after.ServersPss / 1e9));
            table.Add("CPU of the gateways, % of a core", Number((after.ServersCpu - begun.ServersCpu) * 100 / result.HeldSeconds));
            table.Add("CPU of the generators, % of a core", Number((after.GeneratorsCpu - begun.GeneratorsCpu) * 100 / result.HeldSeconds));
        }

        foreach (var answer in result.Answers)
        {
            table.Add($"after {answer.AfterSeconds:0} s: echoes, slowest",
                $"{answer.EchoesAnswered:#,0} of {answer.EchoesAsked:#,0}, {Number(answer.SlowestEchoMs)} ms");
            table.Add($"after {answer.AfterSeconds:0} s: slowest `nodes/self`, page of connections", $"{Number(answer.SlowestNodeMs)} ms, {Number(answer.SlowestPageMs)} ms; {answer.Counted:#,0} connections counted");
        }

        if (result.Farewell is { } farewell)
        {
            table.Add("pings answered until then", $"{farewell.Pings:#,0}");
            table.Add("ended by", farewell.How);
            table.Add("close frames received", $"{farewell.CloseFrames:#,0} in {Number(farewell.Seconds)} s, by code {Join(farewell.Codes)}");
            table.Add("ended without a close frame", $"{farewell.WithoutFrame:#,0}");
            table.Add("exit codes of the gateways", Join(farewell.ExitCodes));
        }

        return $"{table}\n{result.Machine}\nGateways: {result.Gateway}.\nKernel: {Join(result.Kernel)}.";

        void Memory(string what, long bytes) => table.Add(what, $"{Number(bytes / 1e9)} GB, {Number(bytes / 1024.0 / result.Held)} KB each");
    }

    /// <summary>Writes the files of the run; the page only for the million, which the smaller run is a rehearsal of.</summary>
    public static void Write(Layout layout, HeldResult result, string block)
    {
        Directory.CreateDirectory(layout.Results);
        var file = Path.Combine(layout.Results, $"held-{result.Wanted}");
        File.WriteAllText($"{file}.json", JsonSerializer.Serialize(result, Indented) + "\n");
        File.WriteAllText($"{file}.md", $"# {result.Wanted:#,0} connections on one machine\n\n{block}\n");
        if (result.Wanted >= 1_000_000) MarkedFile.Write(layout.Performance, new Dictionary<string, string> { ["million"] = block });
    }

    private static string Join<T>(IReadOnlyDictionary<string, T> pairs) => pairs.Count == 0 ? "–" : string.Join(", ", pairs.Select(pair => $"{pair.Key}: {pair.Value:#,0}"));

    private static string Number(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);
}
