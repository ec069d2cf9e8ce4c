using System.Net;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Listeners;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Listeners;

public sealed class ConnectionMarkTests
{
    [Theory]
    [InlineData(ListenerKind.Admin, "10.0.0.1", false, false)]
    [InlineData(ListenerKind.Admin, "10.0.0.1", true, true)]
    [InlineData(ListenerKind.Admin, "127.0.0.1", false, true)]
    [InlineData(ListenerKind.Admin, "::1", false, true)]
    [InlineData(ListenerKind.Public, "10.0.0.1", false, true)]
    public async Task Without_a_key_an_admin_endpoint_that_was_moved_off_loopback_serves_nobody(ListenerKind kind, string local, bool hasKey, bool served)
    {
        var loaded = GatewayConfiguration.Load(new ConfigurationBuilder().Build(), []);
        var keys = new Dictionary<string, AdminKeyOptions>();
        if (hasKey) keys.Add("ops", new AdminKeyOptions());
        var options = new Live<ActorSocketsOptions>(loaded.Options with { Admin = new AdminOptions { Keys = keys } });
        var mark = new ConnectionMark(kind, "x", new Live<NodeSettings>(loaded.Settings), options, new HandshakeTimeouts(), TimeProvider.System, NullLogger.Instance);
        await using var connection = new DefaultConnectionContext { LocalEndPoint = new IPEndPoint(IPAddress.Parse(local), 9090) };
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var watch = connection.ConnectionClosed.Register(() => aborted.TrySetResult());
        var passed = false;

        await mark.OnConnectionAsync(connection, c =>
        {
            passed = c.Features.Get<IListenerFeature>()?.Kind == kind;
            return Task.CompletedTask;
        }, null, new KestrelServerLimits());

        Assert.Equal(served, passed);
        if (!served) await aborted.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    public async Task A_peer_that_does_not_take_the_rest_of_a_session_is_cut_after_the_close_handshake_and_a_slow_download_is_not(bool session, bool meets, bool cut)
    {
        var loaded = GatewayConfiguration.Load(new ConfigurationBuilder().Build(), []);
        var time = new Clock();
        var mark = new ConnectionMark(
            ListenerKind.Public, "Public", new Live<NodeSettings>(loaded.Settings), new Live<ActorSocketsOptions>(loaded.Options), new HandshakeTimeouts(), time, NullLogger.Instance);
        await using var connection = new DefaultConnectionContext { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 8080) };
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var watch = connection.ConnectionClosed.Register(() => aborted.TrySetResult());

        await mark.OnConnectionAsync(connection, Http, meets ? new First(session) : null, new KestrelServerLimits());
        time.Advance(loaded.Settings.Timers.CloseHandshake - TimeSpan.FromMilliseconds(1));
        Assert.False(connection.ConnectionClosed.IsCancellationRequested || aborted.Task.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        if (cut) await aborted.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(cut ? 2 : 1, time.Timers); // the first is the handshake's

        Task Http(ConnectionContext c)
        {
            if (session) ((ListenerFeature)c.Features.Get<IListenerFeature>()!).Upgrade();
            return Task.CompletedTask;
        }
    }

    private sealed class Clock : FakeTimeProvider
    {
        public int Timers { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class First(bool session) : IBeforeHttp
    {
        public ValueTask<Task?> MeetAsync(ConnectionContext connection, ListenerFeature mark, KestrelServerLimits limits) => new(session ? Task.CompletedTask : null);
    }

    [Theory]
    [InlineData("Public", ListenerKind.Public)]
    [InlineData("PublicTls", ListenerKind.Public)]
    [InlineData("Admin", ListenerKind.Admin)]
    [InlineData("adminLocal", ListenerKind.Admin)]
    [InlineData("Http", ListenerKind.Public)]
    public void The_name_of_an_endpoint_decides_what_it_serves(string name, ListenerKind kind) => Assert.Equal(kind, ListenerRules.KindOf(name));
}
