using System.Text;
using System.Text.Json.Nodes;
using ActorSockets.Gateway.Commands;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Commands;

/// <summary>Somebody who operates a gateway from the command line; a pipe takes the output.</summary>
internal sealed class Operator(Uri admin, string? key = null) : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly Lock _gate = new();

    public Operator(GatewayHost gateway, string? key = null)
        : this(gateway.Admin.BaseAddress!, key)
    {
    }

    public CancellationTokenSource Interrupt { get; } = new();

    /// <summary>Sits at a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>What the last command wrote.</summary>
    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

    public string[] Lines => Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    public Task<int> RunAsync(params string[] args)
    {
        _output.GetStringBuilder().Clear();
        _errors.GetStringBuilder().Clear();
        var host = new CommandHost(
            new Shared(_output, _gate), new Shared(_errors, _gate), Terminal, name => name == CommandHost.KeyVariable ? key : null, TimeProvider.System);
        return CommandLine.RunAsync([.. args, "--admin", admin.ToString()], host, Interrupt.Token);
    }

    public async Task DoesAsync(params string[] args) =>
        Assert.True(await RunAsync(args) == ExitCodeOfSuccess, $"{string.Join(' ', args)}: {Errors}");

    public void Dispose()
    {
        Interrupt.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    private const int ExitCodeOfSuccess = 0;

    private string Text(StringWriter written)
    {
        lock (_gate) return written.ToString();
    }

    /// <summary>A test looks at what is written while more of it comes.</summary>
    private sealed class Shared(StringWriter to, Lock gate) : TextWriter
    {
        public override Encoding Encoding => to.Encoding;

        public override void Write(char value)
        {
            lock (gate) to.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            lock (gate) to.Write(buffer, index, count);
        }

        public override void Write(string? value)
        {
            lock (gate) to.Write(value);
        }
    }
}
