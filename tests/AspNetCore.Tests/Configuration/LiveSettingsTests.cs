using System.Text.Json;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static ActorSockets.AspNetCore.Tests.Configuration.TestConfiguration;

namespace ActorSockets.AspNetCore.Tests.Configuration;

public sealed class LiveSettingsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("settings-").FullName;
    private readonly RecordedLog _log = new();
    private ConfigurationManager _configuration;
    private LiveSettings _settings;
    private int _changes;

    public LiveSettingsTests() => (_configuration, _settings) = Start();

    [Fact]
    public void A_valid_reload_is_in_force_at_once()
    {
        Reload("Limits:MaxConnections", "7");

        Assert.Equal((7, 7), (_settings.Node.Current.Limits.MaxConnections, _settings.Options.Current.Limits.MaxConnections));
        Assert.Equal(1, _changes);
        Assert.Equal([EventIds.SettingsChanged], _log.Ids);
        Assert.Contains("Limits:MaxConnections", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_invalid_reload_changes_nothing_and_logs_every_fault_once()
    {
        _configuration["ActorSockets:Limits:MaxMessageBytes"] = "17";
        _configuration["ActorSockets:Limits:MaxConnections"] = "many";
        Reload("Timers:Idle", "5");
        ((IConfigurationRoot)_configuration).Reload();

        Assert.Equal((1_048_576, 0), (_settings.Node.Current.Limits.MaxMessageBytes, _changes));
        Assert.Equal([EventIds.SettingsRefused, EventIds.SettingsRefused], _log.Ids);

        _configuration["ActorSockets:Limits:MaxConnections"] = "3";
        Reload("Timers:Idle", "00:05:00");
        Assert.Equal((17, 1), (_settings.Node.Current.Limits.MaxMessageBytes, _changes));
    }

    [Fact]
    public void A_reload_without_a_change_tells_nobody()
    {
        ((IConfigurationRoot)_configuration).Reload();

        Assert.Equal(0, _changes);
        Assert.Empty(_log.Ids);
    }

    [Fact]
    public void A_reload_of_what_cannot_change_live_says_that_a_restart_is_needed()
    {
        _configuration["Kestrel:Endpoints:Admin:Url"] = "http://127.0.0.1:9191";
        _configuration["ActorSockets:Endings:History"] = "5";
        _configuration["ActorSockets:Endings:idle-timeout:Code"] = "4001";
        Reload("Limits:MaxConnections", "7");

        Assert.Equal((10_000, 7), (_settings.Options.Current.Endings.History, _settings.Node.Current.Limits.MaxConnections));
        Assert.Empty(_settings.Node.Current.EndingCodes);
        Assert.Equal(3, _log.Ids.Count(id => id == EventIds.SettingsNeedRestart));
        Assert.Contains("Kestrel:Endpoints:Admin:Url", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_admin_endpoint_cannot_be_left_without_a_key_by_a_reload()
    {
        Reload("Kestrel:Endpoints:Admin:Url", "http://0.0.0.0:9090");

        Assert.Contains(EventIds.SettingsRefused, _log.Ids);
    }

    [Fact]
    public async Task A_put_is_in_force_and_survives_a_restart_and_a_delete_takes_it_back()
    {
        var put = await PutAsync("""
            {"limits":{"maxConnections":5,"whenFull":"CloseOldest"},"timers":{"idle":"00:00:30"},"security":{"denyIps":["203.0.113.0/24"],"flapping":{"connects":3}},
             "drain":{"deadline":"00:01:00"},"hubs":{"Echo":{"limits":{"maxConnections":2}}},"publicEndpoints":["https://a.example"]}
            """);

        Assert.Empty(put.Faults);
        Assert.Null(put.StoreFault);
        Assert.Equal(
            ["Drain:Deadline", "Hubs:echo:Limits:MaxConnections", "Limits:MaxConnections", "Limits:WhenFull", "PublicEndpoints:0", "Security:DenyIps:0", "Security:Flapping:Connects", "Timers:Idle"],
            put.Changed);
        Assert.Equal((5, 2, 1), (_settings.Node.Current.Limits.MaxConnections, _settings.Node.Current.Hub("echo").HubMaxConnections, _changes));

        Restart();
        Assert.Equal((5, 2), (_settings.Node.Current.Limits.MaxConnections, _settings.Node.Current.Hub("echo").HubMaxConnections));

        var deleted = await _settings.DeleteAsync(CancellationToken.None);
        Assert.Equal(put.Changed, deleted.Changed);
        Assert.Equal(100_000, _settings.Node.Current.Limits.MaxConnections);
        Restart();
        Assert.Equal(100_000, _settings.Node.Current.Limits.MaxConnections);
    }

    [Fact]
    public async Task An_invalid_put_names_every_fault_and_changes_nothing()
    {
        var put = await PutAsync("""
            {"limits":{"maxConnections":"many","nonsense":1},"timers":{"idle":5},"hubs":{"echo":{"handler":"webhook"},"ECHO":{}},
             "state":{"path":"/tmp"},"endings":{"history":1},"kestrel":{},"security":{"denyIps":[{"a":1}]}}
            """);

        Assert.Equal(
            ["ActorSockets:Endings", "ActorSockets:Hubs:echo", "ActorSockets:Hubs:echo:Handler", "ActorSockets:Limits:MaxConnections", "ActorSockets:Limits:nonsense",
             "ActorSockets:Security:DenyIps:0", "ActorSockets:State", "ActorSockets:Timers:Idle", "ActorSockets:kestrel"],
            put.Faults.Select(f => f.Key).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(put.Changed);
        Assert.Equal((100_000, 0), (_settings.Node.Current.Limits.MaxConnections, _changes));
        Assert.Empty(_settings.Describe()["fromApi"]!.AsArray());
        Assert.False(File.Exists(Path.Combine(_directory, "state", "limits.json")));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("null")]
    public async Task A_body_that_is_no_object_is_a_fault(string body) => Assert.Single((await PutAsync(body)).Faults);

    [Fact]
    public async Task A_second_put_is_laid_over_the_first_and_null_takes_a_value_back()
    {
        await PutAsync("""{"limits":{"maxConnections":5,"messagesPerSecond":9}}""");
        await PutAsync("""{"limits":{"maxConnections":null,"bytesPerSecond":8}}""");

        var limits = _settings.Node.Current.Limits;
        Assert.Equal((100_000, 9, 8), (limits.MaxConnections, limits.MessagesPerSecond, limits.BytesPerSecond));
        await PutAsync("""{"limits":null}""");
        Assert.Equal(0, _settings.Node.Current.Limits.MessagesPerSecond);
    }

    [Fact]
    public async Task A_list_replaces_the_whole_list_of_the_file()
    {
        _configuration["ActorSockets:Security:AllowedOrigins:0"] = "https://a.example";
        Reload("Security:AllowedOrigins:1", "https://b.example");

        await PutAsync("""{"security":{"allowedOrigins":["https://c.example"]}}""");
        Assert.Equal(["https://c.example"], _settings.Node.Current.Security.AllowedOrigins);
        await PutAsync("""{"security":{"allowedOrigins":[]}}""");
        Assert.Empty(_settings.Node.Current.Security.AllowedOrigins);
        await PutAsync("""{"security":{"allowedOrigins":null}}""");
        Assert.Equal(["https://a.example", "https://b.example"], _settings.Node.Current.Security.AllowedOrigins);
    }

    [Fact]
    public async Task What_the_api_set_wins_over_a_later_reload()
    {
        await PutAsync("""{"limits":{"maxConnections":5}}""");
        Reload("Limits:MaxConnections", "7");

        Assert.Equal(5, _settings.Node.Current.Limits.MaxConnections);
        await _settings.DeleteAsync(CancellationToken.None);
        Assert.Equal(7, _settings.Node.Current.Limits.MaxConnections);
    }

    [Fact]
    public async Task Secrets_are_in_no_description_fault_or_log()
    {
        const string access = "an-access-secret-of-more-than-32-bytes";
        const string admin = "an-admin-secret-of-more-than-32-bytes!";
        var put = await PutAsync($$$"""{"accessKeys":["{{{access}}}"],"admin":{"keys":{"ops":{"key":"{{{admin}}}","access":"operate"} } } }""");
        var bad = await PutAsync("""{"accessKeys":["short-secret"],"admin":{"keys":{"ops":{"key":"short-secret"}}},"acessKeys":["a-secret"],"limits":{"keys":"a-secret"}}""");
        Reload("AccessKeys:1", "short-secret");
        _log.Add(_settings.Describe().ToJsonString());

        Assert.Equal(["AccessKeys:0", "Admin:Keys:ops:Access", "Admin:Keys:ops:Key"], put.Changed);
        Assert.Equal(access, Assert.Single(_settings.Options.Current.AccessKeys));
        Assert.NotEmpty(bad.Faults);
        Assert.DoesNotContain("secret", ConfigurationFaultException.Lines(bad.Faults), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", _log.Text, StringComparison.Ordinal);
        Assert.Contains("\"AccessKeys\",\"Admin:Keys:ops:Access\",\"Admin:Keys:ops:Key\"", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_stored_can_be_read_by_its_owner_only()
    {
        await PutAsync("""{"limits":{"maxConnections":5}}""");
        await PutAsync("""{"limits":{"maxConnections":6}}""");

        var file = Path.Combine(_directory, "state", "limits.json");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        Assert.Equal(1, json.RootElement.GetProperty("schema").GetInt32());
        Assert.Equal("6", json.RootElement.GetProperty("values").GetProperty("Limits:MaxConnections").GetString());
        Assert.Equal([file], Directory.GetFiles(Path.Combine(_directory, "state")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Without_a_place_to_store_the_change_is_in_force_and_says_so()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "state"), "a file where the directory should be");

        var put = await PutAsync("""{"limits":{"maxConnections":5}}""");

        Assert.NotNull(put.StoreFault);
        Assert.Equal(5, _settings.Node.Current.Limits.MaxConnections);
        Assert.Contains(EventIds.SettingsNotStored, _log.Ids);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"schema":2,"values":{}}""")]
    [InlineData("""{"schema":1,"values":{"Limits:WhenFull":"\ud800"}}""")]
    [InlineData("""{"schema":1,"values":{"Limits:MaxConnections":5}}""")]
    [InlineData("""{"schema":1,"values":{"State:Path":"elsewhere"}}""")]
    public void A_damaged_store_stops_the_start_with_a_clear_fault(string content)
    {
        Directory.CreateDirectory(Path.Combine(_directory, "state"));
        File.WriteAllText(Path.Combine(_directory, "state", "limits.json"), content);

        var fault = Assert.Single(Assert.Throws<ConfigurationFaultException>(Restart).Faults);
        Assert.Equal("ActorSockets:State:Path", fault.Key);
        Assert.Contains("limits.json", fault.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_store_does_not_hide_the_other_faults()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "state"));
        File.WriteAllText(Path.Combine(_directory, "state", "limits.json"), "{");
        using var configuration = Of(("Limits:MaxConnections", "many"));

        var thrown = Assert.Throws<ConfigurationFaultException>(() => new ServiceCollection().AddSettings(configuration, [], _directory, development: false));

        Assert.Equal(["ActorSockets:State:Path", "ActorSockets:Limits:MaxConnections"], thrown.Faults.Select(f => f.Key));
    }

    [Fact]
    public async Task The_description_is_written_as_it_would_be_put()
    {
        await PutAsync("""{"timers":{"idle":"00:00:30.500"},"security":{"allowIps":["10.0.0.0/8"]},"publicEndpoints":["https://a.example"]}""");

        var described = _settings.Describe();
        Assert.Equal(["limits", "timers", "security", "drain", "hubs", "publicEndpoints", "fromApi"], described.Select(p => p.Key).OrderBy(k => Array.IndexOf(["limits", "timers", "security", "drain", "hubs", "publicEndpoints", "fromApi"], k)));
        Assert.Equal("00:00:30.5", (string?)described["timers"]!["idle"]);
        Assert.Equal("Refuse", (string?)described["limits"]!["whenFull"]);
        Assert.Equal("10.0.0.0/8", (string?)described["security"]!["allowIps"]![0]);
        Assert.Equal("https://a.example", (string?)described["publicEndpoints"]![0]);
        Assert.Equal("00:00:30.5", (string?)described["hubs"]!["echo"]!["timers"]!["idle"]);
        Assert.Equal(["PublicEndpoints", "Security:AllowIps", "Timers:Idle"], described["fromApi"]!.AsArray().Select(k => (string)k!));

        described.Remove("fromApi");
        var back = await PutAsync(described.ToJsonString());
        Assert.Empty(back.Faults);
    }

    [Fact]
    public async Task Many_puts_at_once_all_count()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => PutAsync($$$"""{"hubs":{"hub{{{i}}}":{"handler":"none","anonymous":true} } }"""))));

        Assert.Equal(21, _settings.Node.Current.Hubs.Count);
        Restart();
        Assert.Equal(21, _settings.Node.Current.Hubs.Count);
    }

    [Fact]
    public async Task A_file_that_became_unreadable_takes_nothing_out_of_force()
    {
        var patience = TimeSpan.FromSeconds(60);
        var file = Path.Combine(_directory, "appsettings.json");
        await File.WriteAllTextAsync(file, """{"ActorSockets":{"Hubs":{"echo":{"Handler":"echo","Anonymous":true}},"Limits":{"MaxConnections":11}}}""");
        _settings.Dispose();
        _configuration = new ConfigurationManager();
        _configuration.AddJsonFile(file, optional: false, reloadOnChange: true);
        (_configuration, _settings) = Start(_configuration);

        await File.WriteAllTextAsync(file, """{"ActorSockets":{"Limits":{"MaxConn""");
        await _log.Refused.WaitAsync(patience);
        Assert.Equal(11, _settings.Node.Current.Limits.MaxConnections);
        Assert.Contains("appsettings.json", _log.Text, StringComparison.Ordinal);
        Assert.NotEmpty((await PutAsync("""{"limits":{"maxMessageBytes":5}}""")).Faults);

        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _settings.OnChange(() => changed.TrySetResult());
        await File.WriteAllTextAsync(file, """{"ActorSockets":{"Hubs":{"echo":{"Handler":"echo","Anonymous":true}},"Limits":{"MaxConnections":12}}}""");
        await changed.Task.WaitAsync(patience);
        Assert.Equal(12, _settings.Node.Current.Limits.MaxConnections);
    }

    [Fact]
    public void A_configuration_that_lost_all_its_hubs_is_not_believed()
    {
        var configuration = new ConfigurationManager();
        using var empty = new ConfigurationManager();
        IConfiguration source = Of(("Hubs:echo:Handler", "echo"), ("Hubs:echo:Anonymous", "true"));
        configuration.AddConfiguration(source);
        var overrides = SettingsOverrides.Attach(configuration, _directory);
        LoadResult Load() => GatewayConfiguration.Load(source, []);
        using var settings = new LiveSettings(configuration, overrides, Load(), Load, _log);

        source = empty;
        ((IConfigurationRoot)configuration).Reload();

        Assert.Single(settings.Node.Current.Hubs);
        configuration.Dispose();
    }

    public void Dispose()
    {
        _settings.Dispose();
        _configuration.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private (ConfigurationManager, LiveSettings) Start(ConfigurationManager? from = null)
    {
        var configuration = from ?? Of(("Hubs:echo:Handler", "echo"), ("Hubs:echo:Anonymous", "true"));
        var overrides = SettingsOverrides.Attach(configuration, _directory);
        LoadResult Load() => GatewayConfiguration.Load(configuration, []);
        var settings = new LiveSettings(configuration, overrides, Load(), Load, _log);
        settings.OnChange(() => _changes++);
        return (configuration, settings);
    }

    private void Restart()
    {
        _settings.Dispose();
        (_configuration, _settings) = Start();
    }

    private void Reload(string key, string value)
    {
        _configuration[Full(key)] = value;
        ((IConfigurationRoot)_configuration).Reload();
    }

    private async Task<PutResult> PutAsync(string body)
    {
        using var document = JsonDocument.Parse(body);
        return await _settings.PutAsync(document.RootElement, CancellationToken.None);
    }

    private sealed class RecordedLog : ILogger<LiveSettings>
    {
        private readonly List<(int Id, string Line)> _lines = [];
        private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal IReadOnlyList<int> Ids => [.. Lines.Select(l => l.Id)];

        internal string Text => string.Join('\n', Lines.Select(l => l.Line));

        internal Task Refused => _refused.Task;

        /// <summary>A file that changes is read, and logged about, on another thread.</summary>
        private IReadOnlyList<(int Id, string Line)> Lines
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        internal void Add(string line)
        {
            lock (_lines) _lines.Add((0, line));
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines) _lines.Add((eventId.Id, formatter(state, exception)));
            if (eventId.Id == EventIds.SettingsRefused) _refused.TrySetResult();
        }
    }
}
