"""Commands, buttons, a form and a menu such as an education bot has, made with discord.py alone."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
from discord import app_commands, ui
from discord.app_commands import Choice, Range

from tests.fake_discord.bots import Bot

Asked = discord.Interaction[Bot]


class Form(ui.Modal, title="Your answer"):
    """A form with a text that is begun, a list and a file."""

    words: ui.Label[Form] = ui.Label(
        text="Answer to Q1",
        description="As in the chat",
        component=ui.TextInput(style=discord.TextStyle.paragraph, default="A1 ", max_length=50),
    )
    zone: ui.Label[Form] = ui.Label(
        text="Zone",
        component=ui.Select(
            options=[
                discord.SelectOption(label="London", value="Europe/London"),
                discord.SelectOption(label="Sydney", value="Australia/Sydney", default=True),
            ]
        ),
    )
    file: ui.Label[Form] = ui.Label(text="List", component=ui.FileUpload(required=False))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Say what was filled in."""
        words, zone, files = self.words.component, self.zone.component, self.file.component
        assert isinstance(words, ui.TextInput)
        assert isinstance(zone, ui.Select)
        assert isinstance(files, ui.FileUpload)
        read = [(one.filename, (await one.read()).decode()) for one in files.values]
        await interaction.response.send_message(f"{words.value}|{zone.values[0]}|{read}", ephemeral=True)


class Wishes(ui.Modal, title="Wishes"):
    """A form with every other kind of field, and one as forms were made before there were labels."""

    name: ui.TextInput[Wishes] = ui.TextInput(label="Name", default="Ann", min_length=2)
    mode: ui.Label[Wishes] = ui.Label(
        text="Mode",
        component=ui.RadioGroup(
            options=[
                discord.RadioGroupOption(label="Copy", value="copy", default=True),
                discord.RadioGroupOption(label="Link", value="link"),
            ]
        ),
    )
    days: ui.Label[Wishes] = ui.Label(
        text="Days",
        component=ui.CheckboxGroup(
            options=[
                discord.CheckboxGroupOption(label="Thursday", value="thu", default=True),
                discord.CheckboxGroupOption(label="Friday", value="fri"),
            ]
        ),
    )
    remind: ui.Label[Wishes] = ui.Label(text="Remind me", component=ui.Checkbox())
    host: ui.Label[Wishes] = ui.Label(text="Host", component=ui.UserSelect(required=False))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Say what was filled in."""
        mode, days, remind = self.mode.component, self.days.component, self.remind.component
        host = self.host.component
        assert isinstance(mode, ui.RadioGroup)
        assert isinstance(days, ui.CheckboxGroup)
        assert isinstance(remind, ui.Checkbox)
        assert isinstance(host, ui.UserSelect)
        said = [self.name.value, mode.value, days.values, remind.value, [one.name for one in host.values]]
        await interaction.response.send_message(repr(said), ephemeral=True)


class Layout(ui.LayoutView):
    """Text and a button as components alone."""

    words: ui.Container[Layout] = ui.Container(
        ui.TextDisplay("Next: Q2"),
        ui.Section("Ready?", accessory=ui.Button(label="Go", custom_id="line:go")),
    )


class Days(ui.View):
    """A list to choose from."""

    @ui.select(
        custom_id="days",
        max_values=2,
        options=[discord.SelectOption(label=day, value=day[:3].lower()) for day in ("Monday", "Tuesday")],
    )
    async def chosen(self, interaction: discord.Interaction[Any], select: ui.Select[Days]) -> None:
        """Say what was chosen."""
        await interaction.response.send_message(repr(select.values), ephemeral=True)


class Line(ui.DynamicItem[ui.Button[ui.View]], template=r"line:(?P<line>.+)"):
    """A button whose custom id is a command line, so that it outlives the bot that made it."""

    def __init__(self, line: str) -> None:
        super().__init__(ui.Button(label=line.title(), custom_id=f"line:{line}"))
        self.line = line

    @classmethod
    async def from_custom_id(cls, _interaction: Any, _item: Any, match: Any, /) -> Line:
        """Make it anew from what a click carries."""
        return cls(match["line"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the line says."""
        if self.line == "form":
            await interaction.response.send_modal(Form())
        elif self.line == "wishes":
            await interaction.response.send_modal(Wishes())
        elif self.line == "change":
            await interaction.response.edit_message(content="changed", view=None)
        elif self.line == "later":
            await interaction.response.defer()
            await asyncio.sleep(0.05)
            await interaction.followup.send("done later", ephemeral=True)
        else:
            await interaction.response.send_message(f"{interaction.user.name}: {self.line}", ephemeral=True)


class Chat(app_commands.Group, name="chat", description="Chats"):
    """What everybody may type."""

    @app_commands.command(description="Plan a chat")
    async def plan(
        self,
        interaction: Asked,
        series: str,
        questions: Range[int, 1, 10] = 5,
        host: discord.Member | None = None,
        room: discord.TextChannel | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        """Say what was filled in."""
        read = (await file.read()).decode() if file else None
        said = [series, questions, host and host.name, room and room.name, read]
        await interaction.response.send_message(repr(said), ephemeral=True)

    @plan.autocomplete("series")
    async def offer(self, interaction: Asked, typed: str) -> list[Choice[str]]:
        """Offer series by part of their names, with the number of questions filled in already."""
        number = interaction.namespace.questions
        names = [name for name in ("UKEdChat", "UKSciChat") if typed.lower() in name.lower()]
        return [Choice(name=f"{name} {number}", value=name.lower()) for name in names]

    @app_commands.command(description="Say it later")
    async def slow(self, interaction: Asked, seconds: float) -> None:
        """Think first."""
        await interaction.response.defer(ephemeral=True)
        await asyncio.sleep(seconds)
        await interaction.followup.send("here it is")

    @app_commands.command(description="Say nothing")
    async def dumb(self, interaction: Asked) -> None:
        """Never answer."""

    @app_commands.command(description="What it is told")
    async def told(self, interaction: Asked, role: discord.Role | None = None) -> None:
        """Say what rights, place and language came with the question."""
        may, mine = interaction.permissions, interaction.app_permissions
        assert isinstance(interaction.channel, discord.abc.GuildChannel | discord.Thread)
        told = [may.manage_events, mine.pin_messages, interaction.channel.name, str(interaction.locale)]
        await interaction.response.send_message(repr([*told, *([role.name] if role else [])]))

    @app_commands.command(description="Buttons")
    async def panel(self, interaction: Asked) -> None:
        """Show a panel."""
        view = ui.View(timeout=None)
        for line in ("hello", "form", "wishes", "change", "later"):
            view.add_item(Line(line))
        view.add_item(ui.Button(label="Archive", url="https://archive.example/1"))
        view.add_item(ui.Button(label="Off", custom_id="line:off", disabled=True))
        await interaction.response.send_message("Panel", view=view)

    @app_commands.command(description="A list")
    async def days(self, interaction: Asked) -> None:
        """Show a list and a card."""
        card = discord.Embed(title="Days", description="Choose").add_field(name="Week", value="47")
        await interaction.response.send_message(embed=card.set_footer(text="UTC"), view=Days())

    @app_commands.command(description="Components alone")
    async def layout(self, interaction: Asked) -> None:
        """Show a layout."""
        await interaction.response.send_message(view=Layout(timeout=None), ephemeral=True)


@app_commands.default_permissions(manage_events=True)
class Setup(app_commands.Group, name="setup", description="Setup"):
    """What Discord shows to moderators only."""

    @app_commands.command(description="Begin")
    @app_commands.choices(mode=[Choice(name="Copy", value="copy")])
    async def begin(self, interaction: Asked, mode: str) -> None:
        """Say what was chosen."""
        await interaction.response.send_message(mode)


async def file_under(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    """Say whose message was chosen, and what it says."""
    await interaction.response.send_message(f"{message.author.name}: {message.content}", ephemeral=True)


def declare(bot: Bot) -> None:
    """Hang everything on a bot; `await bot.tree.sync()` tells Discord."""
    bot.tree.add_command(Chat())
    bot.tree.add_command(Setup())
    bot.tree.add_command(app_commands.ContextMenu(name="File under question...", callback=file_under))
    bot.add_dynamic_items(Line)
