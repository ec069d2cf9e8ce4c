using System.Diagnostics;

namespace ActorSockets.Bench.Harness.Processes;

/// <summary>Builds what a run needs, outside every measured span.</summary>
internal static class Preparation
{
    public static async Task Generator(Layout layout, Children children) =>
        await Must(children, Path.Combine(layout.Root, "bench/loadgen"), "sh", "build.sh");

    /// <summary>A Release build of a peer.</summary>
    public static async Task Project(Layout layout, Children children, string folder) =>
        await Must(children, Path.Combine(layout.Root, folder), "dotnet", "build", "-c", "Release", "-v", "q", "-nologo");

    /// <summary>The gateway published ready to run, as it is deployed: it need not compile itself under its first crowd, and a fleet of processes shares the compiled pages.</summary>
    public static async Task Publish(Layout layout, Children children) =>
        await Must(children, layout.Root, "dotnet", "publish", "src/Gateway", "-c", "Release", "--use-current-runtime", "--self-contained", "false",
            "-p:PublishReadyToRun=true", "-o", Path.GetDirectoryName(layout.PublishedGateway)!, "-v", "q", "-nologo");

    /// <summary>Whether the pinned packages of a Node peer are there after the attempt to install them.</summary>
    public static async Task<bool> Packages(Layout layout, Children children, string peer)
    {
        var folder = layout.NodePeer(peer);
        if (Directory.Exists(Path.Combine(folder, "node_modules"))) return true;
        try
        {
            // No install scripts: what needs one is not worth running foreign code for.
            return await Run(children, folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund") == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task Must(Children children, string folder, string file, params string[] arguments)
    {
        if (await Run(children, folder, file, arguments) != 0) throw new HarnessFault($"{file} {string.Join(' ', arguments)} failed in {folder}");
    }

    private static async Task<int> Run(Children children, string folder, string file, params string[] arguments)
    {
        var info = new ProcessStartInfo(file, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        var process = children.Start(info);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var code = process.ExitCode;
        children.End(process);
        if (code != 0) await Console.Error.WriteLineAsync(output);
        return code;
    }
}
