using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace ActorSockets.Cluster.Tests.Loss;

/// <summary>
/// Two networks of this machine's own, made of network namespaces: over one of them clients, operators and the application reach each node, over
/// the other the nodes reach each other; and the second one can be cut, like a cable, for each node. Needs root, by itself or by sudo.
/// </summary>
internal sealed class CutNetwork : IAsyncDisposable
{
    private static readonly string[] AsRoot = Environment.UserName == "root" ? [] : ["sudo", "-n"];

    // Interfaces have names of 15 characters at most, and other runs may be at work on this machine.
    private readonly string _name = $"as{Random.Shared.Next(0x100000):x5}";
    private readonly string _subnet = string.Create(CultureInfo.InvariantCulture, $"10.{Random.Shared.Next(130, 250)}.{Random.Shared.Next(1, 250)}");
    private readonly int _nodes;

    private CutNetwork(int nodes) => _nodes = nodes;

    /// <summary>What is missing here, or null.</summary>
    internal static async Task<string?> MissingAsync()
    {
        if (!OperatingSystem.IsLinux()) return "network namespaces";
        try
        {
            if (await TryAsync("ip -V >/dev/null && [ \"$(id -u)\" = 0 ]") is not null) return "root or sudo without a password, and iproute2";
            var probe = $"as{Random.Shared.Next(0x100000):x5}p";
            var refused = await TryAsync($"ip netns add {probe} && ip -n {probe} link add name br0 type bridge && ip -n {probe} link add name ve0 type veth peer name ve1");
            await TryAsync($"ip netns del {probe} 2>/dev/null");
            return refused is null ? null : "network namespaces with bridges; the machine refuses them";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "sudo";
        }
    }

    internal static async Task<CutNetwork> CreateAsync(int nodes)
    {
        var network = new CutNetwork(nodes);
        try
        {
            await network.BuildAsync();
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>This machine, as the nodes see it.</summary>
    internal IPAddress Here => IPAddress.Parse($"{_subnet}.1");

    /// <summary>Where clients and operators reach a node.</summary>
    internal string Outside(int node) => string.Create(CultureInfo.InvariantCulture, $"{_subnet}.{11 + node}");

    /// <summary>Where the other nodes reach it.</summary>
    internal string Inside(int node) => string.Create(CultureInfo.InvariantCulture, $"{_subnet}.{139 + node}");

    /// <summary>Starts a program on a node, as the user who runs the tests.</summary>
    internal IReadOnlyList<string> LauncherOf(int node)
    {
        string[] enter = ["ip", "netns", "exec", Space(node)];
        if (AsRoot.Length == 0) return enter;

        // sudo stays in between, and passes on neither signals that cannot be caught nor the environment.
        string[] variables = ["PATH", "HOME", "DOTNET_ROOT", "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT"];
        return [.. AsRoot, .. enter, "setpriv", "--reuid", Environment.UserName, "--regid", Environment.UserName, "--clear-groups", "sh", "-c",
            $"export {string.Join(' ', variables.Where(v => Variable(v) is not null).Select(v => $"{v}='{Variable(v)}'"))}; echo pid $$; exec \"$@\"", "sh"];
    }

    /// <summary>The other nodes are out of reach for this one, and it for them. Clients are not concerned.</summary>
    internal Task CutAsync(int node) => RunAsync($"ip -n {Switch} link set {Port(node)} down");

    /// <summary>These reach each other, and nobody else does.</summary>
    internal Task PartAsync(params int[] nodes) => RunAsync(string.Join('\n', nodes.Select(n => $"ip -n {Switch} link set {Port(n)} master {SecondSwitch}").Prepend("set -e")));

    internal Task MendAsync(int node) => RunAsync($"ip -n {Switch} link set {Port(node)} up");

    public async ValueTask DisposeAsync()
    {
        // Interfaces go with their namespace, and their other ends with them.
        var spaces = Enumerable.Range(0, _nodes).Select(Space).Append(Switch);
        await TryAsync(string.Join("; ", spaces.Select(s => $"ip netns del {s}").Append($"ip link del {Bridge}").Select(c => $"{c} 2>/dev/null")));
    }

    private string Bridge => $"{_name}b";

    /// <summary>The nodes' own network has its bridge in a namespace, where no firewall of this machine looks at it.</summary>
    private string Switch => $"{_name}s";

    private string SecondSwitch => $"{_name}t";

    private string Space(int node) => $"{_name}n{node}";

    private string Port(int node) => $"{_name}p{node}";

    private static string? Variable(string name) => name switch
    {
        "DOTNET_ENVIRONMENT" or "ASPNETCORE_ENVIRONMENT" => "Production",
        _ => Environment.GetEnvironmentVariable(name),
    };

    private async Task BuildAsync()
    {
        List<string> script =
        [
            "set -e",
            $"ip link add {Bridge} type bridge", $"ip addr add {Here}/25 dev {Bridge}", $"ip link set {Bridge} up",
            $"ip netns add {Switch}", $"ip -n {Switch} link add {Switch} type bridge", $"ip -n {Switch} link set {Switch} up",
            $"ip -n {Switch} link add {SecondSwitch} type bridge", $"ip -n {Switch} link set {SecondSwitch} up",
        ];
        for (var node = 0; node < _nodes; node++)
        {
            var (space, port) = (Space(node), Port(node));
            script.AddRange(
            [
                $"ip netns add {space}", $"ip -n {space} link set lo up",
                $"ip link add {port} type veth peer name eth0 netns {space}", $"ip link set {port} master {Bridge} up",
                $"ip -n {space} addr add {Outside(node)}/25 dev eth0", $"ip -n {space} link set eth0 up",
                $"ip -n {Switch} link add {port} type veth peer name eth1 netns {space}", $"ip -n {Switch} link set {port} master {Switch} up",
                $"ip -n {space} addr add {Inside(node)}/25 dev eth1", $"ip -n {space} link set eth1 up",
            ]);
        }

        await RunAsync(string.Join('\n', script));
    }

    private static async Task RunAsync(string script)
    {
        var fault = await TryAsync(script);
        Assert.True(fault is null, $"{script}\n{fault}");
    }

    /// <summary>Null, or what went wrong.</summary>
    private static async Task<string?> TryAsync(string script)
    {
        string[] command = [.. AsRoot, "sh", "-c", script];
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : $"exit code {process.ExitCode}: {errors}";
    }
}
